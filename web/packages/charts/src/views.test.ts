import type { Point, PointsAnswer, Widget } from '@emban/api/contract';
import { dark, light } from '@emban/theme';
import { describe, expect, it } from 'vitest';
import { answers, NOW, TIMEZONE, widgets } from '../../../dev/fixture.ts';
import {
  barsPicture,
  breakdownSummary,
  breakdownTable,
  breakdownView,
  type ChartContext,
  donutPicture,
  extendColours,
  kpiView,
  noColours,
  sliceAt,
  tableView,
  textWidth,
  timeseriesSlice,
  timeseriesSummary,
  timeseriesTable,
  timeseriesTooltip,
  timeseriesView,
  tooltipSentence,
} from './index.ts';

const data = answers('7d').widgets;
const context: ChartContext = {
  theme: light,
  locale: 'en-GB',
  timezone: TIMEZONE,
  window: { from: NOW - 7 * 86_400_000, to: NOW },
  now: NOW,
  period: '7d',
  colours: extendColours(noColours, widgets, data),
};
const size = { width: 640, height: 220 };
const widget = (id: string) => widgets.find((one) => one.id === id) as Widget;
const points = (id: string) => data[id] as PointsAnswer;
const draw = (id: string, answer = points(id)) => timeseriesView({ widget: widget(id), answer, context, size });

describe('a time series', () => {
  it('keeps six series at most, the rest in grey "Other"', () => {
    const view = draw('w_5');
    expect(view.matrix.series.map((series) => series.name)).toEqual([
      'lumen-large',
      'lumen-small',
      'lumen-vision',
      'lumen-code',
      'lumen-embed',
      'Other',
    ]);
    expect(view.legend.at(-1)?.colour).toBe(light.other);
    const drawn = view.matrix.series.reduce(
      (sum, series) => sum + series.values.reduce<number>((a, b) => a + (b ?? 0), 0),
      0,
    );
    expect(drawn).toBe(points('w_5').points.reduce((sum, point) => sum + (point.value ?? 0), 0));
  });

  it('does not add up what cannot be added up', () => {
    const latency = { ...widget('w_5'), query: { metric: 'p95', prop: 'latency_ms', group_by: ['model'] } };
    const view = timeseriesView({ widget: latency, answer: points('w_5'), context, size });
    expect(view.matrix.series).toHaveLength(6);
    expect(view.matrix.series.some((series) => series.other)).toBe(false);
    expect(view.matrix.omitted).toBe(1);
  });

  it('merges the rest into an "other" row that the server already sent', () => {
    const t = '2026-11-22T23:00:00Z';
    const groups: Point[] = Array.from({ length: 6 }, (_, i) => ({ t, group: [`g${i}`], value: 10 - i }));
    const sent: Point[] = [...groups, { t, group: ['Other'], value: 100, other: true }];
    const view = draw('w_5', { points: sent });
    expect(view.matrix.series.map((series) => series.values[0])).toEqual([10, 9, 8, 7, 6, 105]);
  });

  it('fades or dashes the bucket that is not over, and only that', () => {
    expect(draw('w_5').incomplete).toBe(true);
    const bars = draw('w_5').option.series as { data: unknown[] }[];
    expect(bars[0]?.data.at(-1)).toMatchObject({ itemStyle: { opacity: 0.45 } });
    expect(typeof bars[0]?.data.at(-2)).toBe('number');
    const lines = draw('w_8').option.series as { data: unknown[]; lineStyle: { type?: unknown } }[];
    expect(lines.map((line) => line.data.filter((value) => value !== '-').length)).toEqual([6, 2]);
    expect(lines[1]?.lineStyle.type).toEqual([4, 4]);
    const past = { ...context, window: { from: 0, to: NOW + 86_400_000 } };
    expect(timeseriesView({ widget: widget('w_8'), answer: points('w_8'), context: past, size }).incomplete).toBe(
      false,
    );
  });

  it('leaves nulls out and gives a lonely value a dot', () => {
    const at = (day: number) => new Date(Date.parse('2026-11-01T00:00:00Z') + day * 86_400_000).toISOString();
    const values = [5, null, 7, null, 9, 9];
    const view = draw('w_7', { points: values.map((value, i) => ({ t: at(i), group: [], value })) });
    const [line] = view.option.series as { data: unknown[]; connectNulls: boolean }[];
    expect(line?.connectNulls).toBe(false);
    expect(line?.data.slice(0, 3)).toEqual([
      { value: 5, symbol: 'circle', symbolSize: 6 },
      '-',
      { value: 7, symbol: 'circle', symbolSize: 6 },
    ]);
    expect(view.y(0, 1)).toBeNull();
  });

  it('runs from right to left where the locale does, with the same figures', () => {
    const turned = { ...context, rtl: true };
    for (const id of ['w_5', 'w_8', 'w_11']) {
      const [straight, mirror] = [
        draw(id),
        timeseriesView({ widget: widget(id), answer: points(id), context: turned, size }),
      ];
      expect(mirror.xs).toEqual(straight.xs.map((x) => size.width - x));
      expect(mirror.plot.left).toBeCloseTo(size.width - straight.plot.left - straight.plot.width);
      expect(mirror.option.xAxis).toMatchObject({ inverse: true });
      expect(mirror.option.yAxis).toMatchObject({ position: 'right' });
      expect(mirror.matrix).toEqual(straight.matrix);
    }
  });

  it('can be looked into by series and bucket', () => {
    const view = draw('w_5');
    const starts = view.matrix.starts;
    const slice = timeseriesSlice(view, widget('w_5'), 2, 1);
    expect(slice).toMatchObject({
      dimension: 'model',
      value: 'lumen-small',
      bucket: { from: starts[2], to: starts[3] },
    });
    // "Other", nothing at all, and a chart that groups by nothing have no slice.
    expect(timeseriesSlice(view, widget('w_5'), 2, 5)).toBeNull();
    expect(timeseriesSlice(view, widget('w_5'), 2, -1)).toBeNull();
    expect(timeseriesSlice(draw('w_8'), widget('w_8'), 2, 0)).toBeNull();
    const none = draw('w_11', { points: [{ t: '2026-11-22T23:00:00Z', group: [null], value: 3 }] });
    expect(timeseriesSlice(none, widget('w_11'), 0, 0)?.value).toBe('');
  });

  it('stands on zero', () => {
    for (const id of ['w_5', 'w_7', 'w_8', 'w_11']) expect(draw(id).option.yAxis).toMatchObject({ min: 0 });
  });

  it('labels two lines directly when there is room, else in a legend', () => {
    expect(draw('w_11').legend).toEqual([]);
    expect(JSON.stringify(draw('w_11').option.series)).toContain('endLabel');
    const narrow = timeseriesView({
      widget: widget('w_11'),
      answer: points('w_11'),
      context,
      size: { width: 300, height: 200 },
    });
    expect(narrow.legend.map((item) => item.name)).toEqual(['pro', 'free']);
  });

  it('drops what the legend switched off and rescales', () => {
    const [first] = draw('w_5').legend;
    const view = timeseriesView({
      ...{ widget: widget('w_5'), answer: points('w_5'), context, size },
      hidden: new Set([first?.key ?? '']),
    });
    expect(view.shown).toHaveLength(5);
    expect(view.legend[0]).toMatchObject({ hidden: true });
    expect((view.option.yAxis as { max: number }).max).toBeLessThan((draw('w_5').option.yAxis as { max: number }).max);
  });

  it('tells all series of a bucket, largest first', () => {
    const tooltip = timeseriesTooltip(draw('w_5'), 6, 'API calls', context);
    expect(tooltip.title).toBe('Mon 23 Nov, so far');
    expect(tooltip.rows.map((row) => row.name)).toEqual([
      'lumen-large',
      'lumen-small',
      'lumen-vision',
      'lumen-code',
      'lumen-embed',
      'Other',
      'Total',
    ]);
    expect(tooltipSentence(tooltip)).toMatch(/^Mon 23 Nov, so far: lumen-large [\d,]+, /);
  });

  it('becomes a table, newest first, and a sentence', () => {
    const table = timeseriesTable(draw('w_8'), context);
    expect(table.columns.map((column) => column.title)).toEqual(['Time', 'Value']);
    expect(table.rows).toHaveLength(7);
    expect(table.rows[0]?.[0]?.text).toBe('Mon 23 Nov, so far');
    expect(timeseriesSummary(draw('w_8'), widget('w_8'), context)).toMatch(
      /^Area chart, 16.*per day\. Cost over time: highest \$/,
    );
  });

  it('survives an answer with nothing in it', () => {
    expect(draw('w_8', { points: [] }).matrix.starts).toEqual([]);
  });
});

describe('a breakdown', () => {
  const view = (id: string) => breakdownView(widget(id), points(id), context);

  it('keeps a value in the colour it has elsewhere', () => {
    const donut = view('w_6').rows;
    const legend = draw('w_5').legend;
    for (const { name, colour } of legend) {
      if (name !== 'Other') expect(donut.find((row) => row.name === name)?.colour).toBe(colour);
    }
    const list = view('w_10').rows;
    expect(list[0]?.colour).toBe(legend[0]?.colour);
    expect(new Set(view('w_9').rows.map((row) => row.colour))).toEqual(new Set([light.series[0]]));
  });

  it('keeps colours when filters change what is on top', () => {
    const only = { w_5: { points: points('w_5').points.filter((point) => point.group[0] === 'lumen-code') } };
    const next = extendColours(context.colours, widgets, only);
    expect(next.get('model')).toEqual(context.colours.get('model'));
  });

  it('has shares that make a whole', () => {
    const sum = view('w_6').rows.reduce((all, row) => all + (row.share ?? 0), 0);
    expect(sum).toBeCloseTo(1, 9);
    expect(view('w_6').rows).toHaveLength(6);
    expect(view('w_6').rows.at(-1)?.drill).toBeNull();
  });

  it('has no shares of averages', () => {
    const average = { ...widget('w_9'), query: { metric: 'avg', prop: 'latency_ms', group_by: ['endpoint'] } };
    const rows = breakdownView(average, points('w_9'), context).rows;
    expect(rows.every((row) => row.share === null)).toBe(true);
    expect(breakdownTable(breakdownView(average, points('w_9'), context), average, context).columns).toHaveLength(2);
  });

  it('cuts long names in the picture, not in the table', () => {
    const picture = barsPicture(view('w_9'), context, { width: 320, height: 200 });
    const axis = picture.option.yAxis as { axisLabel: { formatter: (key: string, i: number) => string } };
    expect(axis.axisLabel.formatter('', 4)).toMatch(/…$/);
    expect(breakdownTable(view('w_9'), widget('w_9'), context).rows[4]?.[0]?.text).not.toContain('…');
  });

  it('leaves the figures room at any width', () => {
    for (let width = 90; width < 1400; width += 23) {
      const { plot, option } = barsPicture(view('w_9'), context, { width, height: 200 });
      const axis = option.yAxis as { axisLabel: { formatter: (key: string, i: number) => string } };
      const names = view('w_9').rows.map((_, i) => textWidth(axis.axisLabel.formatter('', i), 12));
      expect(plot.left).toBeGreaterThanOrEqual(Math.max(...names) + 10);
      const figures = view('w_9').rows.map((row) => textWidth(row.text, 12));
      expect(plot.left + plot.width + Math.max(...figures) + 6).toBeLessThanOrEqual(width);
    }
  });

  it('draws no more rows than can be read', () => {
    expect(barsPicture(view('w_9'), context, { width: 320, height: 70 }).drawn).toBe(3);
  });

  it('finds the slice under a pointer', () => {
    const picture = donutPicture(view('w_6'), context, { width: 200, height: 200 });
    const middle = (picture.inner + picture.outer) / 2;
    expect(sliceAt(picture, 100 + 1, 100 - middle)).toBe(0);
    expect(sliceAt(picture, 100 - 1, 100 - middle)).toBe(5);
    expect(sliceAt(picture, 100, 100)).toBe(-1);
  });

  it('is told in words', () => {
    expect(breakdownSummary(view('w_6'), widget('w_6'), context)).toMatch(
      /^Donut chart: lumen-large 90,000 \(\d\d\.\d%\), .* and 1 more\.$/,
    );
  });
});

describe('a figure', () => {
  const figure = (value: number | null, previous_value?: number | null, extra: Partial<Widget> = {}) =>
    kpiView(
      { ...widget('w_1'), ...extra },
      { points: [{ t: null, group: [], value, ...(previous_value === undefined ? {} : { previous_value }) }] },
      context,
    );

  it.each<[number, number, Widget['good'], object]>([
    [112, 100, 'up', { direction: 'up', tone: 'good', text: '+12.0%', versus: 'vs the period before' }],
    [112, 100, 'down', { direction: 'up', tone: 'bad' }],
    [90, 100, 'down', { direction: 'down', tone: 'good', text: '−10.0%' }],
    [90, 100, null, { direction: 'down', tone: 'neutral' }],
    [100, 100, 'up', { direction: 'flat', tone: 'neutral', text: 'no change' }],
    [5, 0, 'up', { direction: 'new', tone: 'good', text: 'new' }],
    [0, 0, 'up', { direction: 'flat', text: 'no change' }],
  ])('%d after %d, good is %s', (value, previous, good, delta) => {
    expect(figure(value, previous, { good }).delta).toMatchObject(delta);
  });

  it('has no delta without a comparison and no number without rows', () => {
    expect(figure(5).delta).toBeNull();
    expect(figure(null, 4)).toMatchObject({ hasValue: false, text: '–', delta: null });
    expect(kpiView(widget('w_1'), { points: [] }, context).hasValue).toBe(false);
  });

  it('runs towards a target', () => {
    const view = figure(12_840_112, undefined, { chart: 'progress', target: 20_000_000 });
    expect(view.progress).toEqual({ ratio: 0.6420056, text: '64.2%', target: '20M' });
    expect(figure(30, undefined, { chart: 'progress', target: 20 }).progress).toMatchObject({
      ratio: 1,
      text: '150.0%',
    });
  });

  it('adds buckets up only where that is right', () => {
    const two: PointsAnswer = { points: [1, 2].map((value) => ({ t: '2026-11-01T00:00:00Z', group: [], value })) };
    expect(kpiView(widget('w_1'), two, context).text).toBe('3');
    expect(kpiView({ ...widget('w_3'), unit: null }, two, context).text).toBe('2 ms');
  });
});

it('reads a table by its columns', () => {
  const view = tableView(data.w_13 as never, { ...context, theme: dark });
  expect(view.columns.map((column) => [column.title, column.numeric])).toEqual([
    ['Model', false],
    ['Endpoint', false],
    ['Events', true],
    ['Users', true],
    ['Latency (p95)', true],
  ]);
  expect(view.rows[0]?.[4]?.text).toMatch(/ ms$/);
});
