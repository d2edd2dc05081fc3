/** A dashboard of what has to do with windows: comparisons, several figures in one chart, cut buckets, totals that run. Never shipped. */

import type { Answer, DataAnswer, EmbedConfig, Meta, Point, QueryShape, Widget } from '../packages/api/src/contract.ts';
import { bucketStarts, config, metaOf, NOW, place, random, type Shape, waves } from './fixture.ts';

const DAY = 86_400_000;
const TOKENS: QueryShape['series'] = [
  { name: 'input', title: 'Tokens read' },
  { name: 'output', title: 'Tokens written' },
];
const FIGURES: QueryShape['series'] = [
  { name: 'requests', title: 'Requests' },
  { name: 'failed', title: 'Failed requests' },
  { name: 'cost', title: 'Cost in US dollars' },
];
const COUNT: QueryShape = { metric: 'count', granularity: 'auto' };
const COMPARED = { compare: 'previous_period' } as const;

type Given = Pick<Widget, 'id' | 'title' | 'kind' | 'chart' | 'layout' | 'query'> & Partial<Widget>;
const series = (given: Omit<Given, 'kind'>): Widget => ({ kind: 'timeseries', ...given });

export const windowWidgets: Widget[] = [
  {
    ...{ id: 'calls', title: 'API calls', kind: 'kpi', chart: 'stat', good: 'up', layout: place(0, 0, 3, 2) },
    query: { metric: 'count', ...COMPARED },
  },
  {
    ...{ id: 'figures', title: 'At a glance', kind: 'kpi', chart: 'stat', layout: place(3, 0, 5, 2) },
    query: { series: FIGURES, ...COMPARED },
  },
  {
    ...{ id: 'latency', title: 'Latency, p95', kind: 'kpi', chart: 'stat', unit: 'ms', good: 'down' },
    ...{ layout: place(8, 0, 4, 2), query: { metric: 'p95_approx', prop: 'latency_ms', ...COMPARED } },
  },
  series({
    ...{ id: 'line', title: 'API calls over time', chart: 'line', layout: place(0, 2, 6, 4) },
    query: { ...COUNT, ...COMPARED },
  }),
  series({
    ...{ id: 'bars', title: 'API calls a day', chart: 'bar', layout: place(6, 2, 6, 4) },
    query: { ...COUNT, ...COMPARED },
  }),
  series({
    ...{ id: 'tokens', title: 'Tokens over time', chart: 'line', layout: place(0, 6, 6, 4) },
    query: { series: TOKENS, granularity: 'auto' },
  }),
  series({
    ...{ id: 'stack', title: 'Tokens, one on the other', chart: 'stacked_bar', layout: place(6, 6, 6, 4) },
    query: { series: TOKENS, granularity: 'auto', ...COMPARED },
  }),
  series({
    ...{ id: 'plans', title: 'API calls by plan', chart: 'line', layout: place(0, 10, 6, 4) },
    query: { ...COUNT, ...COMPARED, group_by: ['plan'] },
  }),
  series({
    ...{ id: 'weeks', title: 'API calls a week', chart: 'bar', layout: place(6, 10, 6, 4) },
    query: { ...COUNT, granularity: 'week', group_by: ['plan'] },
  }),
  series({
    ...{ id: 'total', title: 'Cost', chart: 'area', unit: 'USD', layout: place(0, 14, 6, 4) },
    query: { metric: 'sum', prop: 'cost_usd', granularity: 'auto', cumulative: true },
  }),
  series({
    ...{ id: 'average', title: 'Active users', chart: 'line', layout: place(6, 14, 6, 4) },
    query: { metric: 'count_unique', granularity: 'auto', moving_average: 7 },
  }),
  { id: 'table', title: 'By model', kind: 'table', chart: 'table', layout: place(0, 18, 12, 3) },
];

export const windowConfig: EmbedConfig = {
  ...config,
  dashboard: { ...config.dashboard, name: 'Windows', widgets: windowWidgets },
  filters: {
    ...config.filters,
    periods: [
      ...['1h', '24h', '7d', '30d', '90d', 'today', 'yesterday', 'this_week', 'last_week'],
      ...['this_month', 'last_month', 'this_year'],
    ],
    default_period: '30d',
  },
};

/** Points with figures of the window before beside their own. */
function compared(points: readonly Point[], seed: number): Point[] {
  const next = random(seed);
  return points.map((point) => {
    const previous = point.value === null ? null : Math.round(point.value * (0.7 + 0.4 * next()));
    return {
      ...point,
      previous_value: previous,
      delta_pct: previous ? ((point.value ?? 0) / previous - 1) * 100 : null,
    };
  });
}

/** One series of waves for each figure. */
function figures(period: string, names: readonly string[], base: number): Point[] {
  const shape: Shape = { groups: names.map((name) => [name]), base, whole: true };
  return waves(period, shape, 21).map(({ group, ...point }) => ({ ...point, group: [], series: group[0] ?? '' }));
}

function onePoint(value: number, previous: number, more: Partial<Point> = {}): Point {
  const delta_pct = previous ? ((value - previous) / previous) * 100 : null;
  return { t: null, group: [], value, previous_value: previous, delta_pct, ...more };
}

/** Days added up to weeks, the first of which begins before the window does. */
function weeks(points: readonly Point[]): Point[] {
  const sums = new Map<string, Point>();
  for (const point of points) {
    // Weeks from Monday, in a zone that is an hour ahead.
    const wall = Date.parse(point.t ?? '') + 3_600_000;
    const monday = wall - ((new Date(wall).getUTCDay() + 6) % 7) * DAY;
    const [t, local] = [new Date(monday - 3_600_000).toISOString(), new Date(monday).toISOString().slice(0, 10)];
    const key = `${point.group.join()} ${local}`;
    sums.set(key, { ...point, t, local, value: (sums.get(key)?.value ?? 0) + (point.value ?? 0) });
  }
  return [...sums.values()];
}

function running(points: readonly Point[]): Point[] {
  let sum = 0;
  return points.map((point) => {
    sum += point.value ?? 0;
    return { ...point, value: sum };
  });
}

function average(points: readonly Point[], count: number): Point[] {
  return points.map((point, i) => {
    const part = points.slice(Math.max(0, i - count + 1), i + 1);
    const sum = part.reduce((all, { value }) => all + (value ?? 0), 0);
    return { ...point, value: i < count - 1 ? null : sum / count };
  });
}

function table(meta: Meta): Answer {
  const columns = [
    { name: 'model', type: 'string' },
    { name: 'count', type: 'integer' },
    { name: 'Failed, %', type: 'number' },
    { name: 'p95_approx(latency_ms)', type: 'number' },
  ];
  const rows = ['lumen-large', 'lumen-small', 'lumen-code'].map((model, i) => [
    model,
    9000 - i * 2100,
    1.25 * i,
    410.5,
  ]);
  return { columns, rows, meta: { ...meta, relative_error: 0.01 } };
}

/** All answers for a period. */
export function windowAnswers(period: string): DataAnswer {
  const meta = metaOf(period);
  const count = bucketStarts(period).length;
  const daily: Meta = { ...meta, granularity: period === '1h' ? 'minute' : period === '24h' ? 'hour' : 'day' };
  const calls = waves(period, { groups: [[]], base: 900, whole: true }, 11);
  const plans = waves(period, { groups: [['pro'], ['free']], base: 800, whole: true }, 12);
  const tokens = figures(period, ['input', 'output'], 42_000);
  const glance = [
    onePoint(1204 * count, 1070 * count, { series: 'requests' }),
    onePoint(14 * count, 19 * count, { series: 'failed' }),
    onePoint(83.2 * count, 83.2 * count, { series: 'cost' }),
  ];
  return {
    as_of: new Date(NOW).toISOString(),
    widgets: {
      calls: { points: [onePoint(1204 * count, 1070 * count)], meta },
      figures: { points: glance, meta },
      latency: { points: [onePoint(412, 467)], meta: { ...meta, relative_error: 0.01 } },
      line: { points: compared(calls, 31), meta: daily },
      bars: { points: compared(calls, 32), meta: daily },
      tokens: { points: tokens, meta: daily },
      stack: { points: compared(tokens, 33), meta: daily },
      plans: { points: compared(plans, 34), meta: { ...daily, previous_unpaired: 3 } },
      weeks: { points: weeks(plans), meta: { ...meta, granularity: 'week' } },
      total: { points: running(calls), meta: daily },
      average: { points: average(calls, 7), meta: daily },
      table: table(meta),
    },
  };
}
