/** The widget that is edited: its fields, how to change them, and what is wrong with them. */

import { useMemo, useSyncExternalStore } from 'react';
import { words } from '../../../../words/builder-words.ts';
import { type Builder, titleOf, useBuilder, useDraft } from '../builder-context.ts';
import { compact, type DraftWidget, type Query, widgetOf } from '../core/doc.ts';
import { patch } from '../core/edits.ts';
import { asKind } from '../core/kinds.ts';
import { gaps } from '../core/rules.ts';
import { goodDimension } from '../found.ts';

type Change<T> = Partial<Record<keyof T, unknown>>;

export interface Edited {
  readonly widget: DraftWidget;
  readonly query: Query;
  readonly builder: Builder;
  set(change: Change<DraftWidget>, what: string): void;
  setQuery(change: Change<Query>, what: string): void;
  setKind(kind: DraftWidget['kind']): void;
  /** What is wrong with a field, by its path in the widget: what is missing, or what the server said. */
  errorOf(path: string): string | undefined;
}

/** The server's complaints about one widget, by the path in it. */
function useServerErrors(index: number): Readonly<Record<string, string>> {
  const { store } = useBuilder();
  const save = useSyncExternalStore(store.subscribe, () => store.get().save);
  return useMemo(() => {
    if (save.kind !== 'refused') return {};
    const start = `config.widgets[${index}].`;
    const own = Object.entries(save.fields).filter(([path]) => path.startsWith(start));
    return Object.fromEntries(own.map(([path, message]) => [path.slice(start.length), message]));
  }, [save, index]);
}

export function useWidget(id: string): Edited | null {
  const builder = useBuilder();
  const draft = useDraft();
  const errors = useServerErrors(draft.widgets.findIndex((one) => one.id === id));
  return useMemo(() => {
    const widget = widgetOf(draft, id);
    if (!widget) return null;
    const { store, found } = builder;
    const missing = gaps(widget);
    const set = (change: Change<DraftWidget>, what: string) =>
      store.edit(
        words.builder.steps.edit(titleOf(widget), what),
        (state) => patch(state, id, change),
        `edit:${id}:${Object.keys(change)}`,
      );
    const setQuery = (change: Change<Query>, what: string) => {
      const query = compact({ ...(widgetOf(store.present, id)?.query ?? {}), ...change } as Query);
      set({ query }, what);
    };
    const setKind = (kind: DraftWidget['kind']) => {
      const next = asKind(widget, kind, { dimension: goodDimension(found) });
      store.edit(words.builder.steps.edit(titleOf(widget), words.editor.kind.toLowerCase()), (state) => ({
        ...state,
        widgets: state.widgets.map((one) => (one.id === id ? next : one)),
      }));
    };
    return {
      widget,
      query: widget.query ?? {},
      builder,
      set,
      setQuery,
      setKind,
      errorOf: (path) => errors[path] ?? missing[path],
    };
  }, [draft, id, builder, errors]);
}
