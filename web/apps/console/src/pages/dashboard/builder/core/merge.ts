/**
 * Two changes of one draft, put together: `base` is what both began with. Widgets are compared by id, what they show apart from where they stand;
 * filters, theme and colours key by key.
 */

import { compact, type Draft, type DraftWidget, same } from './doc.ts';
import { COLUMNS, settle } from './grid.ts';

/** One widget that both changed; null for the side that deleted it. */
export interface WidgetConflict {
  readonly kind: 'widget';
  readonly id: string;
  readonly base: DraftWidget | null;
  readonly mine: DraftWidget | null;
  readonly theirs: DraftWidget | null;
}

/** One setting that both changed: `filters.periods`, `theme.primaryColor`, `name`. */
export interface SettingConflict {
  readonly kind: 'setting';
  readonly id: string;
  readonly mine: unknown;
  readonly theirs: unknown;
}

export type Conflict = WidgetConflict | SettingConflict;

/** Where both changed the same, `draft` has mine. */
export interface Merged {
  readonly draft: Draft;
  readonly conflicts: readonly Conflict[];
}

type Keyed = Readonly<Record<string, unknown>>;

/** Where and in which order a widget stands is merged apart: pushing a neighbour aside is no change of that neighbour. */
const PLACE_KEYS = ['layout', 'phone'] as const;

function content(widget: DraftWidget): Keyed {
  const { layout: _layout, phone: _phone, ...rest } = widget;
  return rest;
}

function pick<T>(base: T, mine: T, theirs: T): { value: T; clash: boolean } {
  if (same(mine, theirs)) return { value: same(mine, base) ? base : mine, clash: false };
  if (same(base, mine)) return { value: theirs, clash: false };
  return { value: mine, clash: !same(base, theirs) };
}

function mergeKeys(base: Keyed, mine: Keyed, theirs: Keyed): { value: Keyed; clashes: string[] } {
  const clashes: string[] = [];
  const keys = new Set([...Object.keys(theirs), ...Object.keys(mine)]);
  const entries = [...keys].map((key): [string, unknown] => {
    const { value, clash } = pick(base[key], mine[key], theirs[key]);
    if (clash) clashes.push(key);
    return [key, value];
  });
  const value = compact(Object.fromEntries(entries));
  if (same(value, mine)) return { value: mine, clashes };
  return { value: same(value, theirs) ? theirs : value, clashes };
}

interface MergedWidget {
  readonly widget: DraftWidget | null;
  readonly conflict: boolean;
}

/** A widget that one side does not have: new on the other, or deleted here. */
function mergeAbsent(base: DraftWidget | null, left: DraftWidget | null, byField: boolean): MergedWidget {
  if (!left || !base) return { widget: left, conflict: false };
  const changed = !same(content(left), content(base));
  // One's own deletion gives way to one's own change: a change can be deleted again.
  return { widget: changed ? left : null, conflict: changed && !byField };
}

/** One widget of three drafts. With `byField`, as between one's own two tabs, fields are merged too and nothing is asked. */
function mergeWidget(
  base: DraftWidget | null,
  mine: DraftWidget | null,
  theirs: DraftWidget | null,
  byField: boolean,
): MergedWidget {
  if (!mine || !theirs) return mergeAbsent(base, mine ?? theirs, byField);
  const from = base ?? theirs;
  const sides = [content(from), content(mine), content(theirs)] as const;
  const merged = pick(...sides);
  const inside = merged.clash && byField ? mergeKeys(...sides).value : merged.value;
  const places = PLACE_KEYS.map((key) => [key, pick(from[key], mine[key], theirs[key]).value] as const);
  const widget = compact({ ...inside, ...Object.fromEntries(places) } as unknown as DraftWidget);
  const kept = [mine, theirs].find((side) => same(widget, side)) ?? widget;
  return { widget: kept, conflict: merged.clash && !byField };
}

/** Ids in my order, with what they added standing behind what it stands behind with them. */
function mergedOrder(
  mine: readonly DraftWidget[],
  theirs: readonly DraftWidget[],
  base: readonly DraftWidget[],
): string[] {
  const before = base.map(({ id }) => id);
  const ids = (widgets: readonly DraftWidget[]) => widgets.map(({ id }) => id);
  const kept = ids(mine).filter((id) => before.includes(id));
  const reordered = !same(
    kept,
    before.filter((id) => kept.includes(id)),
  );
  const [lead, follow] = reordered ? [ids(mine), ids(theirs)] : [ids(theirs), ids(mine)];
  const order = [...lead];
  follow.forEach((id, index) => {
    if (order.includes(id)) return;
    const previous = follow.slice(0, index).findLast((one) => order.includes(one));
    order.splice(previous === undefined ? 0 : order.indexOf(previous) + 1, 0, id);
  });
  return order;
}

/** Two changes may have put two widgets into the same place: the later one in the order gives way. */
export function apart(widgets: readonly DraftWidget[]): readonly DraftWidget[] {
  const placed = settle(
    widgets.map(({ id, layout }) => ({ id, box: layout })),
    new Map(),
  );
  if (placed.every(({ box }, index) => same(box, widgets[index]?.layout))) return widgets;
  return widgets.map((widget, index) => {
    const box = placed[index]?.box;
    return !box || same(box, widget.layout) ? widget : { ...widget, layout: box };
  });
}

function byId(widgets: readonly DraftWidget[]): ReadonlyMap<string, DraftWidget> {
  return new Map(widgets.map((widget) => [widget.id, widget]));
}

function mergeWidgets(base: Draft, mine: Draft, theirs: Draft, byField: boolean) {
  const [before, my, their] = [byId(base.widgets), byId(mine.widgets), byId(theirs.widgets)];
  const conflicts: Conflict[] = [];
  const widgets = mergedOrder(mine.widgets, theirs.widgets, base.widgets).flatMap((id) => {
    const sides = [before.get(id) ?? null, my.get(id) ?? null, their.get(id) ?? null] as const;
    const { widget, conflict } = mergeWidget(...sides, byField);
    if (conflict) conflicts.push({ kind: 'widget', id, base: sides[0], mine: sides[1], theirs: sides[2] });
    return widget ? [widget] : [];
  });
  const separate = same(widgets, mine.widgets) ? mine.widgets : same(widgets, theirs.widgets) ? theirs.widgets : null;
  return { widgets: separate ?? apart(widgets), conflicts };
}

export function merge(base: Draft, mine: Draft, theirs: Draft, { byField = false } = {}): Merged {
  if (same(base, theirs)) return { draft: mine, conflicts: [] };
  if (same(base, mine)) return { draft: theirs, conflicts: [] };
  const { widgets, conflicts } = mergeWidgets(base, mine, theirs, byField);
  const settings: Conflict[] = [];
  const part = (name: 'filters' | 'theme' | 'colours' | 'rest') => {
    const { value, clashes } = mergeKeys(base[name] as Keyed, mine[name] as Keyed, theirs[name] as Keyed);
    for (const key of clashes) {
      const sides = { mine: (mine[name] as Keyed)[key], theirs: (theirs[name] as Keyed)[key] };
      settings.push({ kind: 'setting', id: `${name}.${key}`, ...sides });
    }
    return value;
  };
  const name = pick(base.name, mine.name, theirs.name);
  if (name.clash) settings.push({ kind: 'setting', id: 'name', mine: mine.name, theirs: theirs.name });
  const draft = {
    name: name.value,
    widgets,
    filters: part('filters'),
    theme: part('theme'),
    colours: part('colours'),
    rest: part('rest'),
  } as Draft;
  return { draft, conflicts: byField ? [] : [...conflicts, ...settings] };
}

export type Choice = 'mine' | 'theirs' | 'both';

/** `merged` with a conflict decided. `both` keeps theirs and puts mine beside it under a new id. */
export function resolve(merged: Draft, conflict: Conflict, choice: Choice, newId: () => string): Draft {
  if (conflict.kind === 'setting') return choice === 'mine' ? merged : resolveSetting(merged, conflict);
  const { id, mine, theirs } = conflict;
  if (choice === 'mine') {
    return mine ? merged : { ...merged, widgets: merged.widgets.filter((widget) => widget.id !== id) };
  }
  const here = merged.widgets.findIndex((widget) => widget.id === id);
  const place = merged.widgets[here]?.layout;
  const copy = choice === 'both' && mine ? [{ ...mine, id: newId(), layout: below(theirs ?? mine) }] : [];
  const taken = theirs ? [{ ...theirs, layout: place ?? theirs.layout }] : [];
  const widgets = [...merged.widgets];
  widgets.splice(here < 0 ? widgets.length : here, here < 0 ? 0 : 1, ...taken, ...copy);
  return { ...merged, widgets: apart(widgets) };
}

function below({ layout }: DraftWidget) {
  return { ...layout, w: Math.min(layout.w, COLUMNS - layout.x), y: layout.y + layout.h };
}

function resolveSetting(merged: Draft, { id, theirs }: SettingConflict): Draft {
  if (id === 'name') return { ...merged, name: String(theirs) };
  const [part = '', ...key] = id.split('.');
  const before = merged[part as 'filters'] as Keyed;
  return { ...merged, [part]: compact({ ...before, [key.join('.')]: theirs }) };
}
