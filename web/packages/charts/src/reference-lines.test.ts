import type { PointsAnswer, Widget } from '@emban/api/contract';
import { light } from '@emban/theme';
import { expect, it } from 'vitest';
import { barsPicture, breakdownView } from './breakdown.ts';
import { type ChartContext, noColours, timeseriesSummary, timeseriesTooltip, timeseriesView } from './index.ts';

const size = { width: 640, height: 220 };
const context: ChartContext = {
  ...{ theme: light, locale: 'en-US', timezone: 'UTC', period: null, colours: noColours },
  ...{
    now: Date.parse('2026-11-27T15:20:00Z'),
    window: { from: Date.parse('2026-11-01T00:00Z'), to: Date.parse('2026-11-03T00:00Z') },
  },
};
const lines = [
  { value: 900, label: 'Budget' },
  { value: -50, kind: 'threshold' as const },
];
const chart: Widget = {
  ...{
    id: 'w',
    title: 'Spend',
    kind: 'timeseries',
    chart: 'line',
    layout: { x: 0, y: 0, w: 6, h: 4 },
    unit: 'USD',
    lines,
  },
  query: { metric: 'sum', granularity: 'day' },
};
const days: PointsAnswer = {
  points: ['2026-11-01', '2026-11-02'].map((local, i) => ({
    t: `${local}T00:00:00Z`,
    local,
    group: [],
    value: 10 * i,
  })),
};
const view = timeseriesView({ widget: chart, answer: days, context, size });

it('lines are on the axis, above and below all values', () => {
  const { min, max } = view.option.yAxis as { min: number; max: number };
  expect(min).toBeLessThanOrEqual(-50);
  expect(max).toBeGreaterThanOrEqual(900);
});

it('lines are told in the tooltip and in words', () => {
  const said = timeseriesTooltip(view, 1, 'Spend', context).rows.map(({ name, text }) => [name, text]);
  expect(said).toEqual([
    ['Spend', '$10.00'],
    ['Budget', '$900.00'],
    ['Threshold', '-$50.00'],
  ]);
  expect(timeseriesSummary(view, chart, context)).toMatch(/Budget: \$900\.00; Threshold: -\$50\.00\.$/);
});

it('lines stay when every series is switched off', () => {
  const off = timeseriesView({
    widget: chart,
    answer: days,
    context,
    size,
    hidden: new Set(view.matrix.series.map(({ key }) => key)),
  });
  expect(JSON.stringify(off.option.series)).toContain('"yAxis":900');
});

it('horizontal bars have them upright, with room for their words', () => {
  const bars: Widget = {
    ...chart,
    kind: 'breakdown',
    chart: 'horizontal_bar',
    query: { metric: 'sum', group_by: ['model'] },
  };
  const answer: PointsAnswer = { points: [{ t: null, group: ['a'], value: 10 }] };
  const picture = barsPicture(breakdownView(bars, answer, context), context, size);
  expect((picture.option.xAxis as { max: number }).max).toBe(900);
  expect(picture.plot.top).toBeGreaterThan(0);
  expect(JSON.stringify(picture.option.series)).toContain('"xAxis":900');
});
