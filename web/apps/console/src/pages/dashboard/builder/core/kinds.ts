/** What can be put on a dashboard: kinds of widgets, their charts, their usual sizes, and how one becomes another. */

import { compact, type DraftWidget, type Kind, newId, type Query } from './doc.ts';
import { asList } from './question.ts';

export const CHARTS: Readonly<Record<Kind, readonly string[]>> = {
  kpi: ['stat', 'progress'],
  timeseries: ['line', 'area', 'bar', 'stacked_bar'],
  breakdown: ['list', 'horizontal_bar', 'donut'],
  table: ['table'],
  text: ['text'],
  heading: ['heading'],
};

export const KINDS = Object.keys(CHARTS) as Kind[];

export const SIZES: Readonly<Record<Kind, { readonly w: number; readonly h: number }>> = {
  kpi: { w: 3, h: 2 },
  timeseries: { w: 6, h: 4 },
  breakdown: { w: 6, h: 4 },
  table: { w: 12, h: 5 },
  text: { w: 6, h: 2 },
  heading: { w: 12, h: 1 },
};

/** Metrics in the order of use, and what each needs. */
export const METRICS = [
  'count',
  'count_unique',
  'sum',
  'avg',
  'min',
  'max',
  'p50',
  'p95',
  'p99',
  'count_unique_approx',
  'p50_approx',
  'p95_approx',
  'p99_approx',
  'formula',
] as const;

export type Metric = (typeof METRICS)[number];

export const asksWords = (kind: Kind) => kind === 'text' || kind === 'heading';
export const needsNumber = (metric: string) =>
  !['count', 'count_unique', 'count_unique_approx', 'formula'].includes(metric);

/** The first good property of the environment, for a widget that begins with one. */
export interface Suggestion {
  readonly dimension?: string | undefined;
}

function queryFor(kind: Kind, suggestion: Suggestion): Query | undefined {
  const counted = { event_name: '*', metric: 'count' as const };
  const group = suggestion.dimension ?? 'event_name';
  if (asksWords(kind)) return undefined;
  if (kind === 'kpi') return { ...counted, compare: 'previous_period' };
  if (kind === 'timeseries') return { ...counted, granularity: 'auto' };
  if (kind === 'breakdown') return { ...counted, group_by: [group], limit: 10 };
  return { event_name: '*', columns: [group, { metric: 'count' }] } as unknown as Query;
}

/** A new widget of a kind: complete, so that it shows something at once. */
export function newWidget(kind: Kind, title: string, suggestion: Suggestion = {}): Omit<DraftWidget, 'layout'> {
  const query = queryFor(kind, suggestion);
  const text = kind === 'text' ? 'Write here what the figures mean.' : undefined;
  const chart = CHARTS[kind][0] as string;
  return compact({ id: newId(), title, kind, chart, query, text }) as Omit<DraftWidget, 'layout'>;
}

function metricOf(query: Query): Query {
  if (query.metric) {
    const { metric, prop, formula, figures } = query;
    return compact({ metric, prop, formula, figures }) as Query;
  }
  const column = (query.columns ?? []).find((one) => typeof one !== 'string' && one.metric);
  const figure = column ?? Object.values(query.series ?? {})[0];
  if (!figure || typeof figure === 'string') return { metric: 'count' };
  const { metric, prop, formula, figures } = figure as Query;
  return compact({ metric, prop, formula, figures }) as Query;
}

function groupsOf(query: Query): readonly string[] {
  if (query.group_by) return asList(query.group_by);
  return (query.columns ?? []).flatMap((one) => (typeof one === 'string' ? [one] : one.name ? [one.name] : []));
}

/** How each kind asks a question of another, as far as it fits: event and filters are carried over by all. */
const CARRY: Readonly<Record<'kpi' | 'timeseries' | 'breakdown' | 'table', (query: Query, group: string) => Query>> = {
  kpi: (query) => {
    const figures = query.series ? { series: query.series } : metricOf(query);
    return { ...figures, compare: query.compare ?? 'previous_period' };
  },
  timeseries: (query) => {
    const granularity = query.granularity ?? 'auto';
    if (query.series) return { series: query.series, granularity, compare: query.compare ?? null };
    const groups = groupsOf(query);
    const limit = { limit: query.limit ?? null, other: query.other ?? false };
    const beside = groups.length ? { group_by: [...groups], ...limit } : { compare: query.compare ?? null };
    return { ...metricOf(query), granularity, ...beside };
  },
  breakdown: (query, group) => {
    const groups = groupsOf(query);
    const { compare = null, limit, other = false } = query;
    return { ...metricOf(query), group_by: groups.length ? [...groups] : [group], compare, limit: limit ?? 10, other };
  },
  table: (query, group) => {
    const groups = groupsOf(query);
    return { columns: [...(groups.length ? groups : [group]), metricOf(query)] } as unknown as Query;
  },
};

/** Without what says no more than its absence does. */
function withoutDefaults(query: Query): Query {
  const entries = Object.entries(query).filter(([, value]) => value !== null && value !== false && value !== undefined);
  return Object.fromEntries(entries) as Query;
}

function carried({ event_name, filters, ...query }: Query, kind: Kind, suggestion: Suggestion): Query {
  const carry = CARRY[kind as keyof typeof CARRY];
  const asked = carry(query, suggestion.dimension ?? 'event_name');
  return withoutDefaults({ event_name, filters, ...asked } as Query);
}

/** The widget as another kind. What only the old kind has is left out; undo brings it back. */
export function asKind(widget: DraftWidget, kind: Kind, suggestion: Suggestion = {}): DraftWidget {
  if (widget.kind === kind) return widget;
  const fresh = newWidget(kind, widget.title, suggestion);
  const { id, title, layout, phone, description, unit, format, good } = widget;
  const query = widget.query && fresh.query ? carried(widget.query, kind, suggestion) : fresh.query;
  const looks = fresh.query ? { unit, format, good } : {};
  return compact({ ...fresh, id, title, layout, phone, description, ...looks, query }) as DraftWidget;
}
