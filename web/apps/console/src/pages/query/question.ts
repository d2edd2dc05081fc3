/** A question of the visual mode: what it is made of, and the widget that shows its answer. Pure. */

import type { ChartType, Widget, WidgetKind } from '@emban/api/contract';
import type { StructuredQuery } from './view.ts';

type ChartKind = Exclude<WidgetKind, 'table' | 'text' | 'heading'>;

/** The charts of each kind, the usual one first. */
export const CHARTS_OF: Readonly<Record<ChartKind, readonly ChartType[]>> = {
  kpi: ['stat'],
  timeseries: ['line', 'area', 'bar', 'stacked_bar'],
  breakdown: ['horizontal_bar', 'list', 'donut'],
};

export const START: StructuredQuery = { event_name: '*', metric: 'count', period: '30d', granularity: 'auto' };

export function groupsOf({ group_by: groups }: StructuredQuery): string[] {
  if (!groups) return [];
  return typeof groups === 'string' ? [groups] : [...groups];
}

export function kindOf(query: StructuredQuery): ChartKind {
  if ((query.granularity ?? 'none') !== 'none') return 'timeseries';
  return groupsOf(query).length ? 'breakdown' : 'kpi';
}

export const NEEDS_PROP = new Set(['sum', 'avg', 'min', 'max', 'p50', 'p95', 'p99']);

/** Whether everything that the question needs is there; a question of another form is the server's to judge. */
export function isWhole({ metric, prop, columns, series }: StructuredQuery): boolean {
  return Boolean(columns || series || (metric && (!NEEDS_PROP.has(metric) || prop)));
}

/** A question without what goes with another choice: no property for a count, no empty fields. */
export function tidied(query: StructuredQuery): StructuredQuery {
  const { metric, prop, compare } = query;
  const needless = !(metric && NEEDS_PROP.has(metric));
  const filters = Object.entries(query.filters?.dimensions ?? {}).filter(([, values]) => values.length > 0);
  const ranges = query.filters?.numeric_ranges;
  const rest: Record<string, unknown> = {
    ...query,
    prop: needless ? undefined : prop,
    compare: compare || undefined,
    group_by: groupsOf(query).length ? groupsOf(query) : undefined,
    limit: groupsOf(query).length ? query.limit : undefined,
    filters:
      filters.length || ranges
        ? {
            ...(filters.length && { dimensions: Object.fromEntries(filters) }),
            ...(ranges && { numeric_ranges: ranges }),
          }
        : undefined,
  };
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined && value !== null));
}

/** The chart that was asked for where the question has it, else the usual one. */
export function chartFor(query: StructuredQuery, wanted: ChartType | undefined): ChartType {
  if (query.columns) return 'table';
  const charts = CHARTS_OF[kindOf(query)];
  return charts.find((chart) => chart === wanted) ?? (charts[0] as ChartType);
}

export function widgetOf(query: StructuredQuery, wanted: ChartType | undefined, title: string): Widget {
  const { columns, ...plain } = query;
  const kind = columns ? 'table' : kindOf(query);
  const shape = { ...plain, group_by: groupsOf(query), series: seriesOf(query) };
  return {
    id: 'question',
    title,
    kind,
    chart: chartFor(query, wanted),
    layout: { x: 0, y: 0, w: 12, h: kind === 'kpi' ? 3 : 7 },
    query: shape as NonNullable<Widget['query']>,
  };
}

function seriesOf({ series }: StructuredQuery) {
  if (!series) return null;
  return Object.entries(series).map(([name, figure]) => ({ name, title: figure.title ?? name }));
}
