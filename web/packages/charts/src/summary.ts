/** A picture in one or two sentences, for people who do not see it. */

import type { ChartType, Widget } from '@emban/api/contract';
import type { BreakdownView } from './breakdown.ts';
import type { ChartContext } from './context.ts';
import { formatValue } from './format/number.ts';
import { plain } from './format/unit.ts';
import type { KpiView } from './kpi.ts';
import { bucketName, windowName } from './time/labels.ts';
import type { TimeseriesView } from './timeseries.ts';

const CHARTS: Readonly<Record<ChartType, string>> = {
  stat: 'Figure',
  progress: 'Progress',
  line: 'Line chart',
  area: 'Area chart',
  bar: 'Bar chart',
  stacked_bar: 'Stacked bar chart',
  horizontal_bar: 'Bar chart',
  list: 'List',
  donut: 'Donut chart',
  table: 'Table',
};

export function timeseriesSummary(view: TimeseriesView, widget: Widget, context: ChartContext): string {
  const { locale, timezone } = context;
  const name = CHARTS[widget.chart];
  const when = windowName(view.window, timezone, locale);
  const parts = view.matrix.series.slice(0, 3).map((series) => {
    let top = -1;
    series.values.forEach((value, i) => {
      if (value !== null && value > (series.values[top] ?? Number.NEGATIVE_INFINITY)) top = i;
    });
    if (top < 0) return `${series.spoken || widget.title}: no values`;
    const bucket = bucketName(view.walls[top] ?? 0, view.granularity, locale);
    return `${series.spoken || widget.title}: highest ${formatValue(series.values[top], view.unit, locale)} on ${bucket}`;
  });
  const rest = view.matrix.series.length - 3;
  const more = rest > 0 ? ` and ${formatValue(rest, plain, locale)} more series` : '';
  return `${name}, ${when}, per ${view.granularity}. ${parts.join('; ')}${more}.`;
}

export function breakdownSummary(view: BreakdownView, widget: Widget, context: ChartContext): string {
  const rows = view.rows
    .slice(0, 5)
    .map((row) => `${row.spoken} ${row.full}${row.shareText ? ` (${row.shareText})` : ''}`);
  const rest = view.rows.length - 5;
  const more = rest > 0 ? ` and ${formatValue(rest, plain, context.locale)} more` : '';
  return `${CHARTS[widget.chart]}: ${rows.join(', ')}${more}.`;
}

export function kpiSummary(view: KpiView, widget: Widget): string {
  const delta = view.delta ? `, ${view.delta.text} ${view.delta.versus}` : '';
  const progress = view.progress ? `, ${view.progress.text} of ${view.progress.target}` : '';
  return `${widget.title}: ${view.full}${delta}${progress}`;
}
