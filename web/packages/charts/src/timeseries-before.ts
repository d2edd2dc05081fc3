/** The window before, drawn behind a time series: which lines, and when there is room for them. */

import type { ChartType } from '@emban/api/contract';
import type { Theme } from '@emban/theme';
import type { Series } from './series.ts';

/** What the window before is kept by in a legend; no series has this key. */
export const BEFORE = '\u0000before';
/** With more lines than these, as many again would hide each other. */
const MOST_LINES = 3;

export interface LineBefore {
  readonly values: readonly (number | null)[];
  readonly colour: string;
}

interface Lines {
  readonly chart: ChartType;
  readonly all: readonly Series[];
  readonly shown: readonly { readonly series: Series; readonly colour: string }[];
  readonly stacked: boolean;
  /** How many buckets the window before has. */
  readonly count: number;
  readonly theme: Theme;
}

/** Sums over the series, bucket by bucket; a gap where none has a value. */
function sums(all: readonly Series[], count: number): (number | null)[] {
  return Array.from({ length: count }, (_, i) => {
    const values = all.flatMap(({ previous }) => (typeof previous[i] === 'number' ? [previous[i]] : []));
    return values.length ? values.reduce((sum, value) => sum + value, 0) : null;
  });
}

/** One muted line beside a single series or behind a stack, which it is the height of; else one in each series' own colour. */
export function linesBefore({ chart, all, shown, stacked, count, theme }: Lines): LineBefore[] {
  const [only] = all;
  if (only && all.length === 1) return [{ values: only.previous.slice(0, count), colour: theme.muted }];
  if (shown.length === 0) return [];
  const drawn = shown.map(({ series }) => series);
  if (stacked) return [{ values: sums(drawn, count), colour: theme.muted }];
  if (chart === 'bar' || shown.length > MOST_LINES) return [];
  return shown.map(({ series, colour }) => ({ values: series.previous.slice(0, count), colour }));
}
