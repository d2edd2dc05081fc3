/** What can be done to widgets from anywhere in the builder: by key, by button, by menu. */

import { toasts } from '@emban/kit';
import type { LibraryWidget } from '../../../queries.ts';
import { words } from '../../../words/builder-words.ts';
import { type Builder, titleOf } from './builder-context.ts';
import { fromClipboard, toClipboard } from './core/clipboard.ts';
import { type DraftWidget, type Kind, newId, widgetOf } from './core/doc.ts';
import * as edits from './core/edits.ts';
import type { Box } from './core/grid.ts';
import { newWidget, SIZES } from './core/kinds.ts';
import { goodDimension } from './found.ts';
import { libraryConfig } from './library-config.ts';

const say = words.builder;

const itemOf = (id: string) => document.querySelector<HTMLElement>(`[data-item="${CSS.escape(id)}"]`);

/** How many frames a widget that was just made is waited for: the grid gives it its place before it is there. */
const MOST_FRAMES = 20;

/** Show a widget once it is there, and put the focus on it unless something else is to have that. */
export function reveal(id: string, focus = true, frames = MOST_FRAMES): void {
  requestAnimationFrame(() => {
    const item = itemOf(id);
    if (!item) {
      if (frames > 0) reveal(id, focus, frames - 1);
      return;
    }
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    item.scrollIntoView({ block: 'nearest', behavior: calm ? 'auto' : 'smooth' });
    if (focus) item.focus({ preventScroll: true });
  });
}

const placeWords = ({ x, y, w, h }: Box) => say.canvas.place(x, y, w, h);

export function announcePlace({ store, announce }: Builder, id: string): void {
  const widget = widgetOf(store.present, id);
  if (widget) announce(say.canvas.moved(titleOf(widget), placeWords(widget.layout)));
}

export function addWidget(builder: Builder, kind: Kind): string {
  const { store, selected, found } = builder;
  const widget = newWidget(kind, say.kinds[kind].fresh, { dimension: goodDimension(found) });
  const source = selected.get().at(-1);
  store.edit(say.steps.add(widget.title), (draft) => edits.add(draft, widget, SIZES[kind], source));
  selected.set([widget.id]);
  // Its editor opens, and has the focus.
  reveal(widget.id, false);
  return widget.id;
}

/** A copy of a library's widget, which remembers where it came from. */
export function addFromLibrary({ store, selected }: Builder, made: LibraryWidget): string {
  const { layout: _place, ...config } = libraryConfig(made);
  const widget = { ...config, id: newId(), library_id: made.id } as Omit<DraftWidget, 'layout'>;
  const source = selected.get().at(-1);
  store.edit(say.steps.add(widget.title), (draft) => edits.add(draft, widget, SIZES[widget.kind], source));
  selected.set([widget.id]);
  reveal(widget.id);
  return widget.id;
}

const titles = ({ store }: Builder, ids: readonly string[]) => ids.map((id) => titleOf(widgetOf(store.present, id)));

export function removeSelected(builder: Builder): void {
  const { store, selected, announce } = builder;
  const ids = selected.get().filter((id) => widgetOf(store.present, id));
  if (ids.length === 0) return;
  const names = titles(builder, ids);
  const order = store.present.widgets.map(({ id }) => id);
  const next = order.slice(order.indexOf(ids.at(-1) ?? '')).find((id) => !ids.includes(id));
  store.edit(say.steps.delete(names), (draft) => edits.remove(draft, new Set(ids)));
  selected.set(next ? [next] : []);
  if (next) reveal(next);
  announce(say.canvas.deleted(names.join(', ')));
  toasts.undoable({ title: say.canvas.deleted(names.join(', ')), undo: () => void restore(builder, ids) });
}

/** Bring deleted widgets back, whatever was done since. */
function restore({ store }: Builder, ids: readonly string[]): void {
  const step = store
    .get()
    .history.past.findLast(({ before, after }) => ids.every((id) => widgetOf(before, id) && !widgetOf(after, id)));
  if (!step) return;
  if (step === store.get().history.past.at(-1)) {
    store.undo();
    return;
  }
  const gone = step.before.widgets.filter(({ id }) => ids.includes(id) && !widgetOf(store.present, id));
  store.edit(say.steps.add(gone.map(titleOf).join(', ')), (draft) => edits.insert(draft, gone));
}

export function duplicateSelected(builder: Builder): void {
  const { store, selected } = builder;
  const ids = selected.get();
  const { draft, made } = edits.duplicate(store.present, ids);
  if (made.length === 0) return;
  store.edit(say.steps.duplicate(titles(builder, ids)), () => draft);
  selected.set(made);
  reveal(made.at(-1) ?? '');
}

export function nudgeSelected(builder: Builder, by: Partial<Box>): void {
  const { store, selected } = builder;
  const id = selected.get().at(-1);
  const widget = id === undefined ? undefined : widgetOf(store.present, id);
  if (!widget) return;
  const resize = by.w !== undefined || by.h !== undefined;
  const name = (resize ? say.steps.resize : say.steps.move)(titleOf(widget));
  store.edit(name, (draft) => edits.nudge(draft, widget.id, by), `${resize ? 'resize' : 'move'}:${widget.id}`);
  announcePlace(builder, widget.id);
  reveal(widget.id);
}

/** The text for the clipboard; null where nothing is selected. */
export function copied({ store, selected }: Builder): string | null {
  const widgets = selected.get().flatMap((id) => widgetOf(store.present, id) ?? []);
  return widgets.length ? toClipboard(widgets) : null;
}

/** Put in what the clipboard has; false where that is no widget. */
export function paste(builder: Builder, text: string): boolean {
  const { store, selected } = builder;
  const widgets = fromClipboard(text);
  if (!widgets) return false;
  let source = selected.get().at(-1);
  store.edit(say.steps.paste(widgets.length), (draft) =>
    widgets.reduce((state, { layout, ...widget }) => {
      const next = edits.add(state, widget, { w: layout.w, h: layout.h }, source);
      source = widget.id;
      return next;
    }, draft),
  );
  selected.set(widgets.map(({ id }) => id));
  reveal(widgets.at(-1)?.id ?? '');
  return true;
}

export function moveSection(builder: Builder, heading: string, way: -1 | 1): void {
  const title = titleOf(widgetOf(builder.store.present, heading));
  builder.store.edit(say.steps.section(title), (draft) => edits.moveSection(draft, heading, way));
  announcePlace(builder, heading);
  reveal(heading);
}

export function undo(builder: Builder): void {
  const name = builder.store.undo();
  if (name) builder.announce(say.toolbar.undo(name));
}

export function redo(builder: Builder): void {
  const name = builder.store.redo();
  if (name) builder.announce(say.toolbar.redo(name));
}
