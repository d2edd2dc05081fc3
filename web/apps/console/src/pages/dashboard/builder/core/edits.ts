/** The changes that can be made to a draft, as functions from one to the next. */

import { compact, type Draft, type DraftWidget, mapWidgets, newId, same } from './doc.ts';
import { type Box, besidePlace, bounded, freePlace, readingOrder, settle } from './grid.ts';

const boxes = (draft: Draft) => draft.widgets.map(({ id, layout }) => ({ id, box: layout }));

function withBoxes(draft: Draft, placed: readonly { readonly id: string; readonly box: Box }[]): Draft {
  const at = new Map(placed.map(({ id, box }) => [id, box]));
  return mapWidgets(draft, (widget) => {
    const box = at.get(widget.id);
    return !box || same(box, widget.layout) ? widget : { ...widget, layout: box };
  });
}

/** Put widgets where they say; what they come to lie upon makes room. */
export function place(draft: Draft, moved: ReadonlyMap<string, Box>): Draft {
  return withBoxes(draft, settle(boxes(draft), moved));
}

/** Move or resize one widget by cells; at the edge of the grid it stays. */
export function nudge(draft: Draft, id: string, by: Partial<Box>): Draft {
  const layout = draft.widgets.find((widget) => widget.id === id)?.layout;
  if (!layout) return draft;
  const { x = 0, y = 0, w = 0, h = 0 } = by;
  const next = { x: layout.x + x, y: layout.y + y, w: layout.w + w, h: layout.h + h };
  // The right edge stands still when the width is all that changes.
  if (next.x < 0 || next.y < 0 || next.w < 1 || next.h < 1 || next.x + next.w > 12) return draft;
  return place(draft, new Map([[id, bounded(next)]]));
}

export function patch(draft: Draft, id: string, change: Partial<Record<keyof DraftWidget, unknown>>): Draft {
  return mapWidgets(draft, (widget) => {
    if (widget.id !== id) return widget;
    const next = compact({ ...widget, ...change } as DraftWidget);
    return same(next, widget) ? widget : next;
  });
}

/** Add widgets behind `after`, or at the end; each comes with its place, and what is in its way goes down. */
export function insert(draft: Draft, widgets: readonly DraftWidget[], after?: string): Draft {
  const at = draft.widgets.findIndex(({ id }) => id === after);
  const list = [...draft.widgets];
  list.splice(at < 0 ? list.length : at + 1, 0, ...widgets);
  return place({ ...draft, widgets: list }, new Map(widgets.map(({ id, layout }) => [id, layout])));
}

/** A new widget of a size: beside `source` where one is given, else in the first free place at the end. */
export function add(
  draft: Draft,
  widget: Omit<DraftWidget, 'layout'>,
  size: { w: number; h: number },
  source?: string,
): Draft {
  const taken = draft.widgets.map(({ layout }) => layout);
  const beside = draft.widgets.find(({ id }) => id === source);
  const end = Math.max(0, ...taken.map(({ y }) => y));
  const layout = beside ? besidePlace(beside.layout, size, taken) : freePlace(size.w, size.h, taken, end);
  return insert(draft, [{ ...widget, layout } as DraftWidget], source);
}

export function remove(draft: Draft, ids: ReadonlySet<string>): Draft {
  const widgets = draft.widgets.filter(({ id }) => !ids.has(id));
  return widgets.length === draft.widgets.length ? draft : { ...draft, widgets };
}

/** Copies beside their sources; returns the ids of the copies too. */
export function duplicate(draft: Draft, ids: readonly string[]): { draft: Draft; made: string[] } {
  const made: string[] = [];
  const next = ids.reduce((state, id) => {
    const source = state.widgets.find((widget) => widget.id === id);
    if (!source) return state;
    const { layout, ...rest } = source;
    const copy = { ...rest, id: newId() };
    made.push(copy.id);
    return add(state, copy, { w: layout.w, h: layout.h }, id);
  }, draft);
  return { draft: next, made };
}

/** A heading and all that stands below it up to the next heading, in reading order. */
export function sectionOf(draft: Draft, heading: string): DraftWidget[] {
  const order = inOrder(draft.widgets);
  const from = order.findIndex(({ id }) => id === heading);
  if (from < 0) return [];
  const length = order.slice(from + 1).findIndex(({ kind }) => kind === 'heading');
  return order.slice(from, length < 0 ? undefined : from + 1 + length);
}

function inOrder(widgets: readonly DraftWidget[]): DraftWidget[] {
  return readingOrder(widgets.map((widget) => ({ id: widget.id, box: widget.layout, widget }))).map(
    ({ widget }) => widget,
  );
}

const top = (widgets: readonly DraftWidget[]) => Math.min(...widgets.map(({ layout }) => layout.y));
const bottom = (widgets: readonly DraftWidget[]) => Math.max(...widgets.map(({ layout }) => layout.y + layout.h));

/** Sections in order; the first may have no heading. */
export function sections(draft: Draft): DraftWidget[][] {
  const groups: DraftWidget[][] = [];
  for (const widget of inOrder(draft.widgets)) {
    if (widget.kind === 'heading' || groups.length === 0) groups.push([]);
    groups.at(-1)?.push(widget);
  }
  return groups;
}

/** Change places with the section above (-1) or below (1); the draft itself where there is none. */
export function moveSection(draft: Draft, heading: string, way: -1 | 1): Draft {
  const all = sections(draft);
  const from = all.findIndex(([first]) => first?.id === heading);
  const [upper, lower] = way < 0 ? [all[from - 1], all[from]] : [all[from], all[from + 1]];
  if (from < 0 || !upper || !lower || upper[0]?.kind !== 'heading') return draft;
  const start = top(upper);
  const lowerBy = start - top(lower);
  const upperBy = bottom(lower) + lowerBy - start;
  const moved = (widgets: readonly DraftWidget[], by: number) =>
    widgets.map(({ id, layout }) => [id, { ...layout, y: layout.y + by }] as const);
  return place(draft, new Map([...moved(lower, lowerBy), ...moved(upper, upperBy)]));
}

/** The order on phones: what has a number by that, and then the rest as it is read. */
export function phoneOrder(widgets: readonly DraftWidget[]): DraftWidget[] {
  const place = ({ phone }: DraftWidget) => phone?.order ?? Number.MAX_SAFE_INTEGER;
  return inOrder(widgets).sort((a, b) => place(a) - place(b));
}

/** Move a widget up or down in the order on phones; every widget is given its number then, so that the order is what was seen. */
export function movePhone(draft: Draft, id: string, way: -1 | 1): Draft {
  const order = phoneOrder(draft.widgets).map((widget) => widget.id);
  const from = order.indexOf(id);
  const to = from + way;
  if (from < 0 || to < 0 || to >= order.length) return draft;
  order.splice(to, 0, ...order.splice(from, 1));
  return mapWidgets(draft, (widget) => ({ ...widget, phone: { ...widget.phone, order: order.indexOf(widget.id) } }));
}

export function setPart<P extends 'filters' | 'theme'>(
  draft: Draft,
  part: P,
  change: Partial<Record<keyof Draft[P], unknown>>,
): Draft {
  return { ...draft, [part]: compact({ ...draft[part], ...change }) };
}

/** Give a value of a property its colour, or none of its own. */
export function setColour(draft: Draft, property: string, value: string, colour: number | undefined): Draft {
  const values = compact({ ...draft.colours[property], [value]: colour }) as Record<string, number>;
  const colours = compact({ ...draft.colours, [property]: Object.keys(values).length ? values : undefined });
  return { ...draft, colours: colours as Draft['colours'] };
}
