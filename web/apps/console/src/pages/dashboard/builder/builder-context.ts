/** What the parts of the builder share: the draft and the way to change it, the figures, and what is selected. */

import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Dashboard } from '../../../queries.ts';
import type { Answers } from './core/answers.ts';
import type { Draft, DraftWidget } from './core/doc.ts';
import type { DraftStore } from './core/draft-store.ts';
import type { Choice, Known } from './core/question.ts';
import type { Selected } from './core/selected.ts';
import type { Found } from './found.ts';

export interface Builder {
  readonly environment: string;
  readonly store: DraftStore;
  readonly answers: Answers;
  readonly selected: Selected;
  readonly choice: Choice;
  /** What there is in the events; null while that is not known. */
  readonly found: Found | null;
  readonly known: Known | null;
  readonly announce: (words: string) => void;
}

export const BuilderContext = createContext<Builder | null>(null);

/** The dashboard that is built; widgets of the library are edited without one. */
export const DashboardContext = createContext<Dashboard | null>(null);

export function useDashboard(): Dashboard {
  const dashboard = useContext(DashboardContext);
  if (!dashboard) throw new Error('outside of a dashboard');
  return dashboard;
}

export function useBuilder(): Builder {
  const builder = useContext(BuilderContext);
  if (!builder) throw new Error('outside of the builder');
  return builder;
}

export function useDraft(): Draft {
  const { store } = useBuilder();
  return useSyncExternalStore(store.subscribe, () => store.present);
}

export function useSelected(): readonly string[] {
  const { selected } = useBuilder();
  return useSyncExternalStore(selected.subscribe, selected.get);
}

/** Changes whenever an answer came or was asked for. */
export function useAnswers(): Answers {
  const { answers } = useBuilder();
  useSyncExternalStore(answers.subscribe, answers.version);
  return answers;
}

export const titleOf = (widget: DraftWidget | undefined): string => widget?.title || 'Untitled';
