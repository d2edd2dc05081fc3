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

/**
 * `book` with colours for the values that `answers` bring along. Values keep what they have; new ones take the next free colour, widgets in
 * dashboard order and values by weight. Past the eighth value of a dimension nothing is reserved: see `coloursOf`.
 */
export function extendColours(
  book: ColourBook,
  widgets: readonly Widget[],
  answers: Readonly<Record<string, Answer>>,
): ColourBook {
  const next = new Map([...book].map(([dimension, values]) => [dimension, new Map(values)]));
  for (const widget of widgets.filter(isColoured)) {
    const dimension = dimensionOf(widget);
    const values = next.get(dimension) ?? new Map<string, number>();
    next.set(dimension, values);
    for (const series of seriesOf(widget, answers[widget.id])) {
      if (!series.other && !values.has(series.key) && values.size < PALETTE_SIZE) values.set(series.key, values.size);
    }
  }
  return next;
}

/** A colour for each series of one chart; no two alike while the palette lasts. */
export function coloursOf(series: readonly Series[], dimension: string, book: ColourBook, theme: Theme): string[] {
  const reserved = book.get(dimension);
  const taken = new Set(series.map((one) => reserved?.get(one.key)));
  const free = theme.series.map((_, i) => i).filter((i) => !taken.has(i));
  return series.map((one) => {
    if (one.other) return theme.other;
    const index = reserved?.get(one.key) ?? free.shift() ?? 0;
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
