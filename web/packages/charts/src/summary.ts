/** A picture in one or two sentences, for people who do not see it. */

import type { ChartType, Widget } from '@emban/api/contract';
import type { BreakdownView } from './breakdown.ts';
import type { ChartContext } from './context.ts';
import { formatValue } from './format/number.ts';
import { plain } from './format/unit.ts';
import type { KpiFigure, KpiView } from './kpi.ts';
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
  const { locale } = context;
  const name = CHARTS[widget.chart];
  const when = view.before ? `${view.label} and, dashed, ${view.before.label}` : view.label;
  const parts = view.matrix.series.slice(0, 3).map((series) => {
    let top = -1;
    series.values.forEach((value, i) => {
      if (value !== null && value > (series.values[top] ?? Number.NEGATIVE_INFINITY)) top = i;
    });
    if (top < 0) return `${series.spoken || widget.title}: no values`;
    return `${series.spoken || widget.title}: highest ${formatValue(series.values[top], view.unit, locale)} on ${view.name(top)}`;
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

function figureSummary(view: KpiView, title: string): string {
  const delta = view.delta ? `, ${view.delta.text} ${view.delta.versus}` : '';
  const progress = view.progress ? `, ${view.progress.text} of ${view.progress.target}` : '';
  return `${title}: ${view.full}${delta}${progress}`;
}

/** One figure, or each of several. */
export function kpiSummary(view: KpiView | readonly KpiFigure[], widget: Widget): string {
  if ('kind' in view) return figureSummary(view, widget.title);
  return `${widget.title}. ${view.map((figure) => figureSummary(figure.view, figure.title)).join('; ')}`;
}
