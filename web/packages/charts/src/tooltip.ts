/** What a pointer, or a keyboard, finds in a chart. */

import type { BreakdownRow } from './breakdown.ts';
import type { ChartContext } from './context.ts';
import { formatValue } from './format/number.ts';
import type { NameKind } from './naming.ts';
import { bucketName } from './time/labels.ts';
import type { TimeseriesView } from './timeseries.ts';

export interface TooltipRow {
  readonly colour: string | null;
  readonly name: string;
  /** Set where the name is that of a group. */
  readonly kind?: NameKind;
  readonly spoken?: string;
  readonly text: string;
  /** Index of the row's series among the drawn ones; absent on totals and comparisons. */
  readonly at?: number;
}

export interface Tooltip {
  readonly title: string;
  /** As in `TooltipRow`. */
  readonly kind?: NameKind;
  readonly spoken?: string;
  readonly rows: readonly TooltipRow[];
}

function byValue(one: number | null, other: number | null): number {
  return (other ?? Number.NEGATIVE_INFINITY) - (one ?? Number.NEGATIVE_INFINITY);
}

/** All series of one bucket, largest first and "other" last; their total where they are stacked. */
export function timeseriesTooltip(view: TimeseriesView, index: number, title: string, context: ChartContext): Tooltip {
  const format = (value: number | null) => formatValue(value, view.unit, context.locale, 'full');
  const at = (values: readonly (number | null)[]) => values[index] ?? null;
  const sorted = view.shown
    .map((one, place) => ({ ...one, place }))
    .sort(
      (a, b) => Number(a.series.other) - Number(b.series.other) || byValue(at(a.series.values), at(b.series.values)),
    );
  const rows: TooltipRow[] = sorted.map(({ series, colour, place }) => ({
    colour,
    name: series.name || title,
    kind: series.kind,
    spoken: series.spoken || title,
    text: format(at(series.values)),
    at: place,
  }));
  if (view.stacked && view.shown.length > 1) {
    const total = view.shown.reduce((sum, { series }) => sum + (at(series.values) ?? 0), 0);
    rows.push({ colour: null, name: 'Total', text: format(total) });
  }
  const [only] = view.shown;
  if (view.shown.length === 1 && only && at(only.series.previous) !== null) {
    rows.push({ colour: context.theme.other, name: 'Period before', text: format(at(only.series.previous)) });
  }
  const name = bucketName(view.walls[index] ?? 0, view.granularity, context.locale);
  const soFar = view.incomplete && index === view.matrix.starts.length - 1;
  return { title: soFar ? `${name} · so far` : name, rows };
}

export function breakdownTooltip(row: BreakdownRow, title: string): Tooltip {
  const rows: TooltipRow[] = [{ colour: row.colour, name: title, text: row.full }];
  if (row.shareText) rows.push({ colour: null, name: 'Share of total', text: row.shareText });
  return { title: row.name, kind: row.kind, spoken: row.spoken, rows };
}

/** A tooltip as one sentence for screen readers: all its rows, or the one series that is looked at. */
export function tooltipSentence(tooltip: Tooltip, at = -1): string {
  const one = tooltip.rows.filter((row) => row.at === at);
  const rows = one.length ? one : tooltip.rows;
  return `${tooltip.spoken ?? tooltip.title}: ${rows.map((row) => `${row.spoken ?? row.name} ${row.text}`).join(', ')}`;
}
