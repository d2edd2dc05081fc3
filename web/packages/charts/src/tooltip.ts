/** What a pointer, or a keyboard, finds in a chart. */

import type { BreakdownRow } from './breakdown.ts';
import type { ChartContext } from './context.ts';
import { formatValue } from './format/number.ts';
import type { NameKind } from './naming.ts';
import type { Series } from './series.ts';
import type { TimeseriesView } from './timeseries.ts';
import type { Before } from './timeseries-time.ts';

export interface TooltipRow {
  readonly colour: string | null;
  readonly name: string;
  /** Set where the name is that of a group. */
  readonly kind?: NameKind;
  readonly spoken?: string;
  readonly text: string;
  /** The value in the window before, where all rows have one beside their own. */
  readonly before?: string;
  /** The row is of the window before. */
  readonly dashed?: boolean;
  /** Index of the row's series among the drawn ones; absent on totals and comparisons. */
  readonly at?: number;
}

export interface Tooltip {
  readonly title: string;
  /** As in `TooltipRow`. */
  readonly kind?: NameKind;
  readonly spoken?: string;
  /** The bucket that `before` of the rows is of. */
  readonly versus?: string;
  readonly rows: readonly TooltipRow[];
}

function byValue(one: number | null, other: number | null): number {
  return (other ?? Number.NEGATIVE_INFINITY) - (one ?? Number.NEGATIVE_INFINITY);
}

type Values = readonly (number | null)[];

/** One series beside the window before: a row for each of the two buckets. */
function comparedTooltip(
  view: TimeseriesView,
  before: Before,
  index: number,
  title: string,
  context: ChartContext,
): Tooltip {
  const { matrix, shown, unit } = view;
  const [one, only] = [shown[0], matrix.series[0]];
  const format = (values: Values | undefined) => formatValue(values?.[index] ?? null, unit, context.locale, 'full');
  const rows: TooltipRow[] = [];
  if (one) rows.push({ colour: one.colour, name: view.name(index), text: format(one.series.values), at: 0 });
  if (index < before.count) {
    rows.push({ colour: context.theme.muted, dashed: true, name: before.name(index), text: format(only?.previous) });
  }
  return { title: only?.name || title, kind: only?.kind ?? 'value', spoken: only?.spoken || title, rows };
}

/** All series of one bucket, largest first and "other" last; their total where they are stacked. With the bucket before, if there is one. */
export function timeseriesTooltip(view: TimeseriesView, index: number, title: string, context: ChartContext): Tooltip {
  const { before, shown } = view;
  if (before && view.matrix.series.length === 1) return comparedTooltip(view, before, index, title, context);
  const format = (value: number | null) => formatValue(value, view.unit, context.locale, 'full');
  const at = (values: Values) => values[index] ?? null;
  const beside = before !== null && index < before.count;
  const sorted = shown
    .map((one, place) => ({ ...one, place }))
    .sort(
      (a, b) => Number(a.series.other) - Number(b.series.other) || byValue(at(a.series.values), at(b.series.values)),
    );
  const rows: TooltipRow[] = sorted.map(({ series, colour, place }) => ({
    ...{ colour, name: series.name || title, kind: series.kind, spoken: series.spoken || title },
    ...{ text: format(at(series.values)), at: place },
    ...(beside ? { before: format(at(series.previous)) } : {}),
  }));
  if (view.stacked && shown.length > 1) {
    const total = (pick: (series: Series) => Values) =>
      format(shown.reduce((sum, { series }) => sum + (at(pick(series)) ?? 0), 0));
    const previous = beside ? { before: total((series) => series.previous) } : {};
    rows.push({ colour: null, name: 'Total', text: total((series) => series.values), ...previous });
  }
  return { title: view.name(index), rows, ...(beside ? { versus: before.name(index) } : {}) };
}

export function breakdownTooltip(row: BreakdownRow, title: string): Tooltip {
  const rows: TooltipRow[] = [{ colour: row.colour, name: title, text: row.full }];
  if (row.shareText) rows.push({ colour: null, name: 'Share of total', text: row.shareText });
  return { title: row.name, kind: row.kind, spoken: row.spoken, rows };
}

/** A tooltip as one sentence for screen readers: all its rows, or the one series that is looked at. */
export function tooltipSentence(tooltip: Tooltip, at = -1): string {
  const one = tooltip.rows.filter((row) => row.at === at);
  const rows = one.length && !tooltip.rows.some((row) => row.dashed) ? one : tooltip.rows;
  const said = rows.map(
    ({ spoken, name, text, before }) => `${spoken ?? name} ${text}${before ? ` vs ${before}` : ''}`,
  );
  return `${tooltip.spoken ?? tooltip.title}${tooltip.versus ? ` vs ${tooltip.versus}` : ''}: ${said.join(', ')}`;
}
