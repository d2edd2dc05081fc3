/** Which colour a dimension's value has: the same one in every widget of a dashboard, for as long as the page lives. */

import type { Answer, Widget } from '@emban/api/contract';
import type { Theme } from '@emban/theme';
import { dimensionOf, isAdditive, largest, MOST_SERIES, type Series, toMatrix } from './series.ts';

/** Dimension → series key → index into the palette. */
export type ColourBook = ReadonlyMap<string, ReadonlyMap<string, number>>;

export const noColours: ColourBook = new Map();

const PALETTE_SIZE = 8;

/** Whether a widget tells groups apart by colour, so that its values must have one. */
function isColoured(widget: Widget): boolean {
  if (!dimensionOf(widget)) return false;
  return widget.kind === 'timeseries' || widget.chart === 'donut';
}

function seriesOf(widget: Widget, answer: Answer | undefined): readonly Series[] {
  if (!answer || !('points' in answer)) return [];
  return largest(toMatrix(answer.points).series, isAdditive(widget.query), MOST_SERIES).series;
}

/** The place that a value would like to have, wherever and whenever it is seen: FNV-1a of its property and itself. */
function wish(dimension: string, key: string): number {
  let hash = 0x811c9dc5;
  for (const character of `${dimension}\u0000${key}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return (hash >>> 0) % PALETTE_SIZE;
}

/** The wished place, or the next one that no other value of the property has. */
function freePlace(dimension: string, key: string, taken: ReadonlySet<number>): number {
  const first = wish(dimension, key);
  for (let step = 0; step < PALETTE_SIZE; step++) {
    const place = (first + step) % PALETTE_SIZE;
    if (!taken.has(place)) return place;
  }
  return first;
}

/** Places by property and value, as a dashboard's config has them. */
export type ValueColours = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What the server or the dashboard's own config says of values: it goes first. */
function givePlaces(values: Map<string, number>, given: Readonly<Record<string, number>> | null | undefined): void {
  for (const [value, place] of Object.entries(given ?? {})) values.set(JSON.stringify([value]), place % PALETTE_SIZE);
}

/**
 * `book` with colours for the values that `answers` bring along. A value has the place that the dashboard gives it, told with the answers or, in a draft,
 * in `own`; it keeps what it has; else it takes the place that follows from its name, or the next free one. Past the eighth value of a dimension
 * nothing more is reserved: see `coloursOf`.
 */
export function extendColours(
  book: ColourBook,
  widgets: readonly Widget[],
  answers: Readonly<Record<string, Answer>>,
  own: ValueColours = {},
): ColourBook {
  const next = new Map([...book].map(([dimension, values]) => [dimension, new Map(values)]));
  const valuesOf = (dimension: string) => {
    const values = next.get(dimension) ?? new Map<string, number>();
    next.set(dimension, values);
    return values;
  };
  for (const widget of widgets) {
    const answer = answers[widget.id];
    const told = answer && 'points' in answer ? answer.meta?.colours : null;
    if (told) givePlaces(valuesOf(dimensionOf(widget)), told);
  }
  for (const [property, values] of Object.entries(own)) givePlaces(valuesOf(property), values);
  for (const widget of widgets.filter(isColoured)) {
    const dimension = dimensionOf(widget);
    const values = valuesOf(dimension);
    for (const series of seriesOf(widget, answers[widget.id])) {
      if (series.other || values.has(series.key) || values.size >= PALETTE_SIZE) continue;
      values.set(series.key, freePlace(dimension, series.key, new Set(values.values())));
    }
  }
  return next;
}

/** A colour for each series of one chart; no two alike while the palette lasts. */
export function coloursOf(series: readonly Series[], dimension: string, book: ColourBook, theme: Theme): string[] {
  const reserved = book.get(dimension);
  const taken = new Set(series.map((one) => reserved?.get(one.key)));
  const free = theme.series.map((_, i) => i).filter((i) => !taken.has(i));
  const used = new Set<number>();
  return series.map((one) => {
    if (one.other) return theme.other;
    const own = reserved?.get(one.key);
    // Of more than eight values of a property, two may have one place: in one chart the second takes another.
    const index = own !== undefined && !used.has(own) ? own : (free.shift() ?? own ?? 0);
    used.add(index);
    return theme.series[index] ?? theme.other;
  });
}

/**
 * Colours of bars that are labelled one by one. Where the dimension is told apart by colour elsewhere on the dashboard, bars repeat those
 * colours and the rest is grey; where it is not, all have the first colour.
 */
export function barColours(
  keys: readonly (string | null)[],
  dimension: string,
  book: ColourBook,
  theme: Theme,
): string[] {
  const reserved = book.get(dimension);
  const first = theme.series[0] ?? theme.primary;
  return keys.map((key) => {
    if (key === null) return theme.other;
    if (!reserved?.size) return first;
    const index = reserved.get(key);
    return index === undefined ? theme.other : (theme.series[index] ?? theme.other);
  });
}
