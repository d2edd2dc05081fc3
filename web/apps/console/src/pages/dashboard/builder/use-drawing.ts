/** What the widgets are drawn with: theme, base and colours, each the same object for as long as it says the same. */

import { type ColourBook, extendColours, noColours } from '@emban/charts';
import { dark, light, type Theme, withHostTheme } from '@emban/theme';
import { useComputedColorScheme } from '@mantine/core';
import { useMemo, useRef } from 'react';
import type { Base } from '../../../parts/live-card.ts';
import { useBase } from '../../../parts/WidgetGrid.tsx';
import { drawnWidget } from '../draft.ts';
import { useBuilder } from './builder-context.ts';
import type { Answers } from './core/answers.ts';
import type { Draft, DraftTheme } from './core/doc.ts';

/** The theme of a dashboard in a scheme, as its embed has it. */
export function useHostTheme(theme: DraftTheme, scheme: 'light' | 'dark'): Theme {
  return useMemo(() => {
    const { mode: _mode, ...host } = theme;
    return withHostTheme(scheme === 'dark' ? dark : light, host);
  }, [theme, scheme]);
}

const textOf = (book: ColourBook) => JSON.stringify([...book].map(([name, values]) => [name, [...values]]));

/** What colours follow from: a change of words or of a place is none of it. */
function sources(draft: Draft, answers: Answers): readonly unknown[] {
  const own = draft.widgets.flatMap((widget) => [answers.of(widget).answer, widget.query, widget.kind, widget.chart]);
  return [draft.colours, ...own];
}

function bookOf(draft: Draft, answers: Answers): ColourBook {
  const found = draft.widgets.flatMap((widget) => {
    const { answer } = answers.of(widget);
    return answer ? [[widget.id, answer] as const] : [];
  });
  return extendColours(noColours, draft.widgets.map(drawnWidget), Object.fromEntries(found), draft.colours);
}

/** Chosen colours, and those that values are given as they come. */
export function useColours(draft: Draft, answers: Answers): ColourBook {
  const kept = useRef<{ from: readonly unknown[]; text: string; book: ColourBook }>({
    ...{ from: [], text: '', book: noColours },
  });
  const from = sources(draft, answers);
  const { current } = kept;
  const same = from.length === current.from.length && from.every((one, at) => one === current.from[at]);
  if (!same) {
    const book = bookOf(draft, answers);
    const text = textOf(book);
    kept.current = { from, text, book: text === current.text ? current.book : book };
  }
  return kept.current.book;
}

export function useDrawing(draft: Draft): { base: Base; theme: Theme } {
  const { choice } = useBuilder();
  const own = useComputedColorScheme('light');
  const { mode } = draft.theme;
  const theme = useHostTheme(draft.theme, mode === 'light' || mode === 'dark' ? mode : own);
  return { theme, base: useBase(theme, choice.timezone, choice.period) };
}
