/** Several figures in one chart or card, totals that run, and what is said of them. */

import type { Point, PointsAnswer, TableAnswer, Widget } from '@emban/api/contract';
import { light } from '@emban/theme';
import { describe, expect, it } from 'vitest';
import {
  type ChartContext,
  errorNote,
  kpiFigures,
  kpiSummary,
  kpiTable,
  kpiView,
  noColours,
  rollingName,
  sliceDimension,
  tableView,
  timeseriesSlice,
  timeseriesTable,
  timeseriesTooltip,
  timeseriesView,
} from './index.ts';

const size = { width: 640, height: 220 };
const window = { from: Date.parse('2026-11-01T00:00Z'), to: Date.parse('2026-11-04T00:00Z') };
const context: ChartContext = {
  ...{ theme: light, locale: 'en-US', timezone: 'UTC', period: null, colours: noColours, window },
  now: Date.parse('2026-11-27T15:20:00Z'),
};
const series = [
  { name: 'output', title: 'Tokens written' },
  { name: 'input', title: 'Tokens read' },
];
const chart: Widget = {
  ...{ id: 'w', title: 'Tokens', kind: 'timeseries', chart: 'line', layout: { x: 0, y: 0, w: 6, h: 4 } },
  query: { granularity: 'day', series },
};
const days = ['2026-11-01', '2026-11-02', '2026-11-03'];
const of = (name: string, values: readonly (number | null)[]): Point[] =>
  days.map((local, i) => ({ t: `${local}T00:00:00Z`, local, group: [], value: values[i] ?? null, series: name }));
const answer: PointsAnswer = { points: [...of('input', [10, 20, 30]), ...of('output', [100, 200, 300])] };
const draw = (drawn = chart, given = answer) => timeseriesView({ widget: drawn, answer: given, context, size });

describe('several figures over time', () => {
  it('are series with titles, in the order of the answer', () => {
    const view = draw();
    expect(view.matrix.series.map(({ name, values }) => [name, values])).toEqual([
      ['Tokens read', [10, 20, 30]],
      ['Tokens written', [100, 200, 300]],
    ]);
    expect(view.shown.map(({ colour }) => colour)).toEqual(light.series.slice(0, 2));
    expect(timeseriesTooltip(view, 0, 'Tokens', context).rows.map(({ name }) => name)).toEqual([
      ...['Tokens written', 'Tokens read'],
    ]);
    expect(timeseriesTable(view, context).columns.map(({ title }) => title)).toEqual([
      ...['Time', 'Tokens read', 'Tokens written'],
    ]);
  });

  it.each(['bar', 'stacked_bar', 'area'] as const)('have a legend as a %s', (drawn) => {
    const view = draw({ ...chart, chart: drawn });
    expect(view.legend.map(({ name }) => name)).toEqual(['Tokens read', 'Tokens written']);
    expect(view.stacked).toBe(drawn === 'stacked_bar');
  });

  it('have their names at the ends of two lines', () => {
    expect(draw().legend).toEqual([]);
    expect(JSON.stringify(draw().option.series)).toContain('"formatter":"Tokens read"');
  });

  it('are all drawn, and never summed up as "other"', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const view = draw(chart, { points: names.flatMap((name, i) => of(name, [i])) });
    expect(view.matrix).toMatchObject({ omitted: 0 });
    expect(view.matrix.series.map(({ name, other }) => [name, other])).toEqual(
      names.map((name) => [name.toUpperCase(), false]),
    );
    expect(new Set(view.shown.map(({ colour }) => colour)).size).toBe(8);
  });

  it('are told apart from groups of the same name', () => {
    const view = draw(chart, { points: [...of('other', [1]), { ...of('x', [2])[0], other: true } as Point] });
    expect(view.matrix.series.map(({ other, kind }) => [other, kind])).toContainEqual([false, 'value']);
    expect(new Set(view.matrix.series.map(({ key }) => key)).size).toBe(2);
  });

  it('have no slice to look into', () => {
    expect(sliceDimension(chart)).toBeNull();
    expect(timeseriesSlice(draw(), chart, 1, 0)).toBeNull();
  });
});

describe('several figures in a card', () => {
  const card: Widget = { ...chart, kind: 'kpi', chart: 'stat', good: 'up', query: { series } };
  const point = (name: string, value: number | null, previous_value: number): Point => ({
    ...{ t: null, group: [], value, previous_value, series: name },
  });
  const figures: PointsAnswer = {
    points: [point('input', 112, 100), point('output', 90, 100), point('neither', null, 3)],
    meta: {
      previous_window: {
        ...{ from: '2026-10-01T00:00Z', to: '2026-10-28T00:00Z' },
        ...{ local_from: '2026-10-01T00:00', local_to: '2026-10-28T00:00' },
      },
    },
  };

  it('have a title, a value and a change each', () => {
    const rows = kpiFigures(card, figures, context).map(({ title, view }) => [title, view.text, view.delta?.text]);
    expect(rows).toEqual([
      ['Tokens read', '112', '+12.0%'],
      ['Tokens written', '90', '−10.0%'],
      ['Neither', '–', undefined],
    ]);
    expect(kpiFigures(card, { points: [{ t: null, group: [], value: 1 }] }, context)).toEqual([]);
  });

  it('are a table and a sentence', () => {
    expect(kpiTable(card, figures, context).rows.map((row) => row.map(({ text }) => text))).toEqual([
      ['Tokens read', '112'],
      ['Tokens written', '90'],
      ['Neither', '–'],
    ]);
    const said = kpiSummary(kpiFigures(card, figures, context), card).replace(/[\s\u2009]+/g, ' ');
    expect(said).toBe(
      'Tokens. Tokens read: 112, +12.0% vs Oct 1 – 27; Tokens written: 90, −10.0% vs Oct 1 – 27; Neither: –',
    );
  });

  it.each<[string | null, string]>([
    ['this_month', 'vs Oct 1 – 27'],
    [null, 'vs Oct 1 – 27'],
    ['1h', 'vs Oct 1, 12:00 AM – Oct 28, 12:00 AM'],
  ])('say what they are compared with, for the period %s', (period, versus) => {
    const [first] = kpiFigures(card, figures, { ...context, period });
    expect(first?.view.delta?.versus.replace(/[\s\u2009\u202f]+/g, ' ')).toBe(versus);
  });
});

describe('figures of several buckets', () => {
  const rolling = (query: Widget['query'], granularity?: string, locale = 'en') =>
    rollingName({ ...chart, query }, granularity ? { granularity } : undefined, locale);

  it.each([
    [{ cumulative: true }, 'day', 'running total'],
    [{ moving_average: 7 }, 'day', '7-day average'],
    [{ moving_average: 12, granularity: 'auto' }, 'hour', '12-hour average'],
    [{ moving_average: 4, granularity: 'week' }, undefined, '4-week average'],
    [{ moving_average: 3 }, 'month', '3-month average'],
    [{ moving_average: 30 }, 'minute', '30-minute average'],
    [{ moving_average: 7, granularity: 'auto' }, undefined, 'moving average'],
    [{ cumulative: false, moving_average: null }, 'day', ''],
    [undefined, 'day', ''],
  ])('%o by %s are called "%s"', (query, granularity, name) => {
    expect(rolling(query, granularity)).toBe(name);
  });

  it('have gaps where there are too few buckets yet', () => {
    const view = draw(
      { ...chart, query: { metric: 'count', moving_average: 2 } },
      {
        points: days.map((local, i) => ({ t: `${local}T00:00:00Z`, local, group: [], value: i === 0 ? null : i })),
      },
    );
    expect((view.option.series as { data: unknown[] }[])[0]?.data).toEqual(['-', 1, 2]);
    expect(view.y(0, 0)).toBeNull();
  });

  it('are not added up in a card', () => {
    const card: Widget = { ...chart, kind: 'kpi', chart: 'stat', query: { metric: 'count', cumulative: true } };
    expect(kpiView(card, { points: of('', [1, 3, 6]).map(({ series: _, ...point }) => point) }, context).value).toBe(6);
  });
});

describe('a table of figures', () => {
  const table: TableAnswer = {
    columns: [
      { name: 'plan_name', type: 'string' },
      { name: 'Failed calls_ms', type: 'number' },
      { name: 'failed / total * 100', type: 'number' },
      { name: 'p95_approx(latency_ms)', type: 'number' },
      { name: 'count_unique(model)', type: 'integer' },
      { name: 'count_unique_approx', type: 'integer' },
    ],
    rows: [['pro', 1, 2, 3, 4, 5]],
  };

  it('has heads as its query says, and else what figures are in words', () => {
    const widget: Widget = { ...chart, kind: 'table', chart: 'table' };
    expect(tableView(table, context, widget).columns.map(({ title }) => title)).toEqual([
      ...['Plan name', 'Failed calls_ms', 'failed / total * 100', 'Latency (p95)', 'Model (distinct)', 'Users'],
    ]);
  });

  it('of events has properties for heads', () => {
    const events: TableAnswer = { columns: [{ name: 'latency_ms', type: 'number' }], rows: [[1]] };
    expect(tableView(events, context).columns.map(({ title }) => title)).toEqual(['Latency']);
  });
});

it.each([
  [undefined, 'en', ''],
  [0.01, 'en', 'Percentiles are approximate, within 1%'],
  [0.015, 'de', 'Percentiles are approximate, within 1,5\u00a0%'],
])('percentiles that are off by %s say so', (relative_error, locale, note) => {
  expect(errorNote(relative_error === undefined ? {} : { relative_error }, locale)).toBe(note);
});
