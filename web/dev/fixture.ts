/**
 * Answers shaped like the API's, for looking at the pages and for testing the pure functions without a server. Never shipped.
 */

import type {
  Answer,
  AnswerWindow,
  DataAnswer,
  DrillAnswer,
  EmbedConfig,
  Layout,
  Meta,
  Point,
  Widget,
} from '../packages/api/src/contract.ts';
import { type Days, periodFacts } from '../packages/charts/src/time/periods.ts';
import { wallOf } from '../packages/charts/src/time/wall.ts';
import { localTime, startOfLocalDay } from '../packages/charts/src/time/zone.ts';

export const NOW = Date.parse('2026-11-23T14:20:00Z');
export const TIMEZONE = 'Europe/Berlin';
const DAY = 86_400_000;
const TODAY = Math.floor(wallOf(NOW, TIMEZONE) / DAY) * DAY;

/** A small repeatable generator (mulberry32): pictures must not change from run to run. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const place = (x: number, y: number, w: number, h: number): Layout => ({ x, y, w, h });
const ENDPOINTS = ['/v1/chat/completions', '/v1/embeddings', '/v1/images/generations', '/v1/audio/transcriptions'];
const MODELS = ['lumen-large', 'lumen-small', 'lumen-vision', 'lumen-code', 'lumen-embed', 'lumen-audio', 'lumen-mini'];

export const widgets: Widget[] = [
  {
    id: 'w_1',
    title: 'API calls',
    kind: 'kpi',
    chart: 'stat',
    layout: place(0, 0, 3, 2),
    query: { metric: 'count', compare: 'previous_period' },
  },
  {
    id: 'w_2',
    title: 'Tokens, total',
    kind: 'kpi',
    chart: 'stat',
    unit: 'tokens',
    layout: place(3, 0, 3, 2),
    query: { metric: 'sum', prop: 'tokens', compare: 'previous_period' },
  },
  {
    id: 'w_3',
    title: 'Latency, median',
    kind: 'kpi',
    chart: 'stat',
    unit: 'ms',
    good: 'down',
    layout: place(6, 0, 3, 2),
    query: { metric: 'p50', prop: 'latency_ms', compare: 'previous_period' },
  },
  {
    id: 'w_4',
    title: 'Monthly token budget',
    kind: 'kpi',
    chart: 'progress',
    target: 20_000_000,
    layout: place(9, 0, 3, 2),
    query: { metric: 'sum', prop: 'tokens' },
  },
  {
    id: 'w_5',
    title: 'API calls over time by model',
    kind: 'timeseries',
    chart: 'stacked_bar',
    layout: place(0, 2, 8, 4),
    query: { metric: 'count', group_by: ['model'], granularity: 'auto' },
  },
  {
    id: 'w_6',
    title: 'Calls by model',
    kind: 'breakdown',
    chart: 'donut',
    layout: place(8, 2, 4, 4),
    query: { metric: 'count', group_by: ['model'] },
  },
  {
    id: 'w_7',
    title: 'Latency, p95, over time',
    kind: 'timeseries',
    chart: 'line',
    unit: 'ms',
    good: 'down',
    layout: place(0, 6, 6, 4),
    query: { metric: 'p95', prop: 'latency_ms', granularity: 'auto' },
  },
  {
    id: 'w_8',
    title: 'Cost over time',
    kind: 'timeseries',
    chart: 'area',
    unit: 'USD',
    layout: place(6, 6, 6, 4),
    query: { metric: 'sum', prop: 'cost_usd', granularity: 'auto' },
  },
  {
    id: 'w_9',
    title: 'Calls by endpoint',
    kind: 'breakdown',
    chart: 'horizontal_bar',
    layout: place(0, 10, 6, 4),
    query: { metric: 'count', group_by: ['endpoint'] },
  },
  {
    id: 'w_10',
    title: 'Tokens by model',
    kind: 'breakdown',
    chart: 'list',
    unit: 'tokens',
    layout: place(6, 10, 6, 4),
    query: { metric: 'sum', prop: 'tokens', group_by: ['model'] },
  },
  {
    id: 'w_11',
    title: 'Calls by plan over time',
    kind: 'timeseries',
    chart: 'line',
    layout: place(0, 14, 6, 4),
    query: { metric: 'count', group_by: ['plan'], granularity: 'auto' },
  },
  {
    id: 'w_12',
    title: 'Errors by status code',
    kind: 'breakdown',
    chart: 'list',
    good: 'down',
    layout: place(6, 14, 6, 4),
    query: { metric: 'count', group_by: ['status_code'] },
  },
  {
    id: 'w_13',
    title: 'Details by model and endpoint',
    kind: 'table',
    chart: 'table',
    layout: place(0, 18, 12, 5),
  },
];

export const config: EmbedConfig = {
  dashboard: {
    id: 'dash_fixture',
    name: 'API usage',
    theme: {},
    branding: { powered_by: true },
    timezone: TIMEZONE,
    widgets,
  },
  filters: {
    periods: ['24h', '7d', '30d', '90d'],
    default_period: '7d',
    dimensions: [
      { name: 'model', values: MODELS },
      { name: 'endpoint', values: ENDPOINTS },
      { name: 'status_code', values: ['200', '400', '429', '500'] },
    ],
  },
  permissions: { allow_drill_down: true },
  session: { expires_in: 3600 },
};

/** Bucket starts of a period: hours for a day, local days (winter time) for more. */
export function bucketStarts(period: string): number[] {
  const { days, count } = periodFacts(period);
  if (days) return localDays(days(TODAY));
  const step = count === 1 ? 60_000 : 3_600_000;
  const first = Math.floor((NOW - count * 3_600_000) / step) * step;
  return Array.from({ length: Math.ceil((NOW - first) / step) }, (_, i) => first + i * step);
}

function localDays({ first, last }: Days): number[] {
  const count = ((last ?? TODAY) - first) / DAY + 1;
  const { year, month, day } = localTime(first, 'UTC');
  return Array.from({ length: count }, (_, i) => startOfLocalDay(year, month, day + i, TIMEZONE));
}

/** Where a period's window ends. */
function endOf(period: string): number {
  const last = periodFacts(period).days?.(TODAY).last ?? null;
  return last === null ? NOW : startOfDay(last + DAY);
}

function startOfDay(wall: number): number {
  const { year, month, day } = localTime(wall, 'UTC');
  return startOfLocalDay(year, month, day, TIMEZONE);
}

function told(from: number, to: number): AnswerWindow {
  const local = (instant: number) => new Date(wallOf(instant, TIMEZONE)).toISOString().replace('Z', '');
  const [start, end] = [from, to].map((instant) => new Date(instant).toISOString()) as [string, string];
  return { from: start, to: end, local_from: local(from), local_to: local(to) };
}

/** What answers for a period say of their windows; the one before is as many days or hours earlier. */
export function metaOf(period: string): Meta {
  const [from = NOW] = bucketStarts(period);
  const to = endOf(period);
  const { days, count } = periodFacts(period);
  const back = days ? bucketStarts(period).length * DAY : count * 3_600_000;
  const window = told(from, to);
  return { window, previous_window: told(from - back, to - back), compare: 'previous_period', as_of: window.to };
}

export interface Shape {
  readonly groups: readonly (readonly string[])[];
  readonly base: number;
  readonly whole: boolean;
}

export function waves(period: string, shape: Shape, seed: number): Point[] {
  const next = random(seed);
  const starts = bucketStarts(period);
  return shape.groups.flatMap((group, g) =>
    starts.map((start, i) => {
      const week = 1 + 0.25 * Math.sin((start / DAY / 7) * 2 * Math.PI);
      const partial = i === starts.length - 1 ? 0.55 : 1;
      const value = (shape.base / (g + 1) ** 1.3) * week * (0.85 + 0.3 * next()) * (shape.whole ? partial : 1);
      return { t: new Date(start).toISOString(), group, value: shape.whole ? Math.round(value) : value };
    }),
  );
}

function ranked(names: readonly string[], base: number): Point[] {
  return names.map((name, i) => ({ t: null, group: [name], value: Math.round(base / (i + 1) ** 1.25) }));
}

function figure(value: number, previous: number, meta: Meta): Answer {
  const delta_pct = previous ? ((value - previous) / previous) * 100 : null;
  return { points: [{ t: null, group: [], value, previous_value: previous, delta_pct }], meta };
}

function table(): Answer {
  const next = random(99);
  const rows = MODELS.slice(0, 5).flatMap((model) =>
    ENDPOINTS.map(
      (endpoint) => [model, endpoint, Math.round(next() * 90_000), Math.round(next() * 400), next() * 900] as const,
    ),
  );
  return {
    columns: [
      { name: 'model', type: 'string' },
      { name: 'endpoint', type: 'string' },
      { name: 'count', type: 'integer' },
      { name: 'count_unique', type: 'integer' },
      { name: 'p95(latency_ms)', type: 'number' },
    ],
    rows,
    meta: {},
  };
}

/** Events behind a slice. */
export function events(dimension: string, value: string): DrillAnswer {
  const next = random(7);
  const rows = Array.from({ length: 240 }, (_, i) => [
    new Date(NOW - i * 523_000).toISOString(),
    'api.call',
    value,
    ENDPOINTS[i % 4] as string,
    Math.round(next() * 900),
    Math.round(next() * 4000),
  ]);
  return {
    columns: [
      { name: 'timestamp', type: 'timestamp' },
      { name: 'event_name', type: 'string' },
      { name: dimension, type: 'string' },
      { name: 'endpoint', type: 'string' },
      { name: 'latency_ms', type: 'number' },
      { name: 'tokens', type: 'number' },
    ],
    rows,
    truncated: false,
  };
}

/** All answers for a period. */
export function answers(period: string): DataAnswer {
  const { days: ofDays, count } = periodFacts(period);
  const days = ofDays ? bucketStarts(period).length : count / 24;
  const meta = metaOf(period);
  const single = [[]];
  const gaps = waves(period, { groups: single, base: 640, whole: false }, 3).map((point, i) =>
    i === 2 ? { ...point, value: null } : point,
  );
  return {
    as_of: new Date(NOW).toISOString(),
    widgets: {
      w_1: figure(184_210 * days, 163_840 * days, meta),
      w_2: figure(12_840_112 * days, 13_377_001 * days, meta),
      w_3: figure(412, 467, meta),
      w_4: figure(12_840_112, 0, meta),
      w_5: { points: waves(period, { groups: MODELS.map((m) => [m]), base: 42_000, whole: true }, 1), meta },
      w_6: { points: ranked(MODELS, 90_000), meta },
      w_7: { points: gaps, meta },
      w_8: { points: waves(period, { groups: single, base: 310, whole: true }, 4), meta },
      w_9: { points: ranked([...ENDPOINTS, '/v1/a/very/long/endpoint/name/that/does/not/fit/anywhere'], 61_000), meta },
      w_10: { points: ranked(MODELS, 6_200_000), meta },
      w_11: { points: waves(period, { groups: [['pro'], ['free']], base: 8_000, whole: true }, 6), meta },
      w_12: { points: [], meta },
      w_13: table(),
    },
  };
}
