/** A time series beside the window before, and the buckets that a window cuts. */

import type { AnswerWindow, Granularity, Point, PointsAnswer, Widget } from '@emban/api/contract';
import { light } from '@emban/theme';
import { describe, expect, it } from 'vitest';
import {
  type ChartContext,
  noColours,
  readWindow,
  timeseriesSlice,
  timeseriesSummary,
  timeseriesTable,
  timeseriesTooltip,
  timeseriesView,
  tooltipSentence,
  unpairedNote,
  type Window,
} from './index.ts';
import { BEFORE } from './timeseries-before.ts';

const size = { width: 640, height: 220 };
const widget: Widget = {
  ...{ id: 'w', title: 'Calls', kind: 'timeseries', chart: 'line', layout: { x: 0, y: 0, w: 6, h: 4 } },
  query: { metric: 'count', compare: 'previous_period' },
};

/** A window of a server in UTC. */
const told = (from: string, to: string): AnswerWindow => ({
  ...{ from: `${from}Z`, to: `${to}Z`, local_from: from, local_to: to },
});

const november = told('2026-11-01T00:00', '2026-11-04T15:20');
const october = told('2026-10-01T00:00', '2026-10-04T15:20');
const context: ChartContext = {
  ...{ theme: light, locale: 'en-US', timezone: 'UTC', period: 'this_month', colours: noColours },
  ...{ window: readWindow(november) as Window, now: Date.parse('2026-11-04T15:20:10Z') },
};
const days = ['2026-11-01', '2026-11-02', '2026-11-03', '2026-11-04'];

function points(values: readonly (number | null)[], before: readonly (number | null)[], group: string[] = []): Point[] {
  return days.map((local, i) => ({
    ...{ t: `${local}T00:00:00Z`, local, group, value: values[i] ?? null },
    previous_value: before[i] ?? null,
  }));
}

const one: PointsAnswer = {
  points: points([5, 6, 7, 3], [4, null, 8, 2]),
  meta: { granularity: 'day', window: november, previous_window: october, compare: 'previous_period' },
};
const two: PointsAnswer = {
  ...one,
  points: [...points([5, 6, 7, 3], [4, 4, 8, 2], ['pro']), ...points([1, 2, 3, 4], [1, 1, null, 1], ['free'])],
};
const grouped: Widget = { ...widget, query: { ...widget.query, group_by: ['plan'] } };

function draw(answer: PointsAnswer, drawn = widget, hidden: string[] = []) {
  return timeseriesView({ widget: drawn, answer, context, size, hidden: new Set(hidden) });
}

type Line = { type: string; name: string; data: unknown[]; lineStyle: { type?: unknown; color: string }; z?: number };
const lines = (view: ReturnType<typeof draw>, name: string) =>
  (view.option.series as Line[]).filter((line) => (line.name === name) === (name === 'before'));
const plain = (text: string) => text.replace(/[\s\u2009\u202f]+/g, ' ');

describe('a series beside the window before', () => {
  it('has that window behind it as a dashed line, with gaps where it has none', () => {
    const [before, ...own] = draw(one).option.series as Line[];
    expect(before).toMatchObject({ type: 'line', name: 'before', lineStyle: { type: [3, 3], color: light.muted } });
    expect(
      before?.data.map((value) => (typeof value === 'object' ? (value as { value: number }).value : value)),
    ).toEqual([4, '-', 8, 2]);
    expect(own).toHaveLength(2);
  });

  it('says in its legend which window is which', () => {
    expect(draw(one).legend.map(({ name, dashed }) => [plain(name), dashed])).toEqual([
      ['Nov 1 – 4', false],
      ['Oct 1 – 4', true],
    ]);
    const none = { ...one, points: one.points.map(({ previous_value: _, ...point }) => point) };
    expect(draw(none).legend).toEqual([]);
    expect(draw(none).before).toBeNull();
  });

  it('loses either by a click in the legend, and keeps the other', () => {
    const hidden = draw(one, widget, [BEFORE]);
    expect(lines(hidden, 'before')).toEqual([]);
    expect(hidden.legend.map((item) => item.hidden)).toEqual([false, true]);
    const alone = draw(one, widget, ['[]']);
    expect(alone.option.series).toHaveLength(1);
    expect(alone.dots(0)).toHaveLength(1);
    expect(timeseriesTooltip(alone, 0, 'Calls', context).rows.map(({ name }) => name)).toEqual(['Thu, Oct 1']);
  });

  it('tells both buckets and their values', () => {
    const tooltip = timeseriesTooltip(draw(one), 3, 'Calls', context);
    expect(tooltip.title).toBe('Calls');
    expect(tooltip.rows.map(({ name, text, dashed }) => [plain(name), text, dashed])).toEqual([
      ['Wed, Nov 4, so far', '3', undefined],
      ['Sun, Oct 4, until 3:20 PM', '2', true],
    ]);
    expect(plain(tooltipSentence(tooltip, 0))).toBe('Calls: Wed, Nov 4, so far 3, Sun, Oct 4, until 3:20 PM 2');
  });

  it('has a scale and marks that hold the line of the window before', () => {
    const high = draw({ ...one, points: points([5, 6, 7, 3], [4, null, 80, 2]) });
    expect((high.option.yAxis as { max: number }).max).toBeGreaterThanOrEqual(80);
    expect(high.dots(2)).toHaveLength(2);
    expect(high.dots(1)).toHaveLength(1);
  });

  it('has bars with the line before them', () => {
    const bars = draw(one, { ...widget, chart: 'bar' });
    const [before] = lines(bars, 'before');
    expect(before?.z).toBeGreaterThan(2);
    expect(bars.legend).toHaveLength(2);
  });

  it('has a column for either window in its table', () => {
    const table = timeseriesTable(draw(one), context);
    expect(table.columns.map(({ title }) => plain(title))).toEqual(['Time', 'Nov 1 – 4', 'Oct 1 – 4']);
    expect(table.rows[0]?.map(({ text }) => text)).toEqual(['Wed, Nov 4, so far', '3', '2']);
    expect(plain(table.rows[3]?.[2]?.full ?? '')).toBe('Thu, Oct 1: 4');
  });

  it('is told in words', () => {
    expect(plain(timeseriesSummary(draw(one), widget, context))).toBe(
      'Line chart, Nov 1 – 4 and, dashed, Oct 1 – 4, per day. Calls: highest 7 on Tue, Nov 3.',
    );
  });

  it('names the window before by the comparison where a server does not tell it', () => {
    const { previous_window: _, ...meta } = one.meta ?? {};
    const label = (compare: 'previous_period' | 'previous_year') =>
      draw({ ...one, meta: { ...meta, compare } }).legend.at(-1)?.name;
    expect([label('previous_period'), label('previous_year')]).toEqual(['the period before', 'the year before']);
  });
});

describe('several series beside the window before', () => {
  it('have a line each in their own colour, and one name for the window', () => {
    const view = draw(two, grouped);
    expect(lines(view, 'before').map(({ lineStyle }) => lineStyle.color)).toEqual(light.series.slice(0, 2));
    expect(view.legend.map(({ name }) => plain(name))).toEqual(['pro', 'free', 'Oct 1 – 4']);
  });

  it('have one line for the height of a stack', () => {
    const [before, ...more] = lines(draw(two, { ...grouped, chart: 'stacked_bar' }), 'before');
    expect(before?.data).toEqual([5, 5, 8, 3]);
    expect(more).toEqual([]);
  });

  it('have none where bars stand side by side, or where lines are too many', () => {
    expect(lines(draw(two, { ...grouped, chart: 'bar' }), 'before')).toEqual([]);
    const many = { ...one, points: ['a', 'b', 'c', 'd'].flatMap((name) => points([5], [4], [name])) };
    expect(lines(draw(many, grouped), 'before')).toEqual([]);
    expect(draw(many, grouped).legend.at(-1)?.dashed).toBe(false);
  });

  it('tell both values of each, and the total of both', () => {
    const tooltip = timeseriesTooltip(draw(two, { ...grouped, chart: 'stacked_bar' }), 1, 'Calls', context);
    expect([tooltip.title, tooltip.versus].map((text) => plain(text ?? ''))).toEqual(['Mon, Nov 2', 'Fri, Oct 2']);
    expect(tooltip.rows.map(({ name, text, before }) => [name, text, before])).toEqual([
      ['pro', '6', '4'],
      ['free', '2', '1'],
      ['Total', '8', '5'],
    ]);
    expect(tooltipSentence(tooltip, 0)).toBe('Mon, Nov 2 vs Fri, Oct 2: pro 6 vs 4');
  });

  it('have two columns each in the table', () => {
    const { columns } = timeseriesTable(draw(two, grouped), context);
    expect(columns.map(({ title }) => plain(title))).toEqual([
      ...['Time', 'pro', 'pro, Oct 1 – 4', 'free', 'free, Oct 1 – 4'],
    ]);
  });
});

describe('a window before that is shorter or longer', () => {
  const february: PointsAnswer = {
    ...one,
    meta: { ...one.meta, previous_window: told('2026-10-01T00:00', '2026-10-03T00:00') },
  };

  it('ends with its last bucket', () => {
    const view = draw(february);
    expect(view.before?.count).toBe(2);
    expect(timeseriesTooltip(view, 2, 'Calls', context).rows).toHaveLength(1);
    expect(timeseriesTooltip(draw({ ...two, meta: february.meta ?? {} }, grouped), 3, 'Calls', context).versus).toBe(
      undefined,
    );
  });

  it.each([
    [0, ''],
    [1, 'Not drawn: the last day of Oct 1 – 4, with nothing beside it.'],
    [3, 'Not drawn: the last 3 days of Oct 1 – 4, with nothing beside them.'],
  ])('says that %i of its buckets are not drawn', (previous_unpaired, note) => {
    expect(plain(unpairedNote({ ...one.meta, previous_unpaired }, context))).toBe(note);
  });
});

describe('a bucket that the window cuts', () => {
  type Case = [Granularity, from: string, to: string, period: string | null, starts: string[], names: string[]];

  it.each<Case>([
    [
      'week',
      '2026-11-04T00:00',
      '2026-11-10T15:20',
      '7d',
      ['2026-11-02', '2026-11-09'],
      ['Nov 2 – 8, from Nov 4', 'Nov 9 – 15, so far'],
    ],
    [
      'week',
      '2026-10-01T00:00',
      '2026-11-01T00:00',
      'last_month',
      ['2026-09-28', '2026-10-26'],
      ['Sep 28 – Oct 4, from Oct 1', 'Oct 26 – Nov 1, until Oct 31'],
    ],
    ['week', '2026-11-02T00:00', '2026-11-09T00:00', 'last_week', ['2026-11-02'], ['Nov 2 – 8']],
    ['week', '2026-11-03T00:00', '2026-11-05T00:00', null, ['2026-11-02'], ['Nov 2 – 8, from Nov 3, until Nov 4']],
    [
      'month',
      '2026-10-28T00:00',
      '2026-11-10T15:20',
      '30d',
      ['2026-10-01', '2026-11-01'],
      ['October 2026, from Oct 28', 'November 2026, so far'],
    ],
    [
      'day',
      '2026-11-09T16:00',
      '2026-11-10T15:20',
      '24h',
      ['2026-11-09', '2026-11-10'],
      ['Mon, Nov 9, from 4:00 PM', 'Tue, Nov 10, so far'],
    ],
    [
      'hour',
      '2026-11-10T14:30',
      '2026-11-10T15:20',
      null,
      ['2026-11-10T14:00', '2026-11-10T15:00'],
      ['Tue, Nov 10, 2:00 – 3:00 PM, from 2:30 PM', 'Tue, Nov 10, 3:00 – 4:00 PM, so far'],
    ],
    [
      'day',
      '2026-11-08T00:00',
      '2026-11-09T12:00',
      null,
      ['2026-11-08', '2026-11-09'],
      ['Sun, Nov 8', 'Mon, Nov 9, until 12:00 PM'],
    ],
  ])('of a %s says so: %s to %s', (granularity, from, to, period, starts, names) => {
    const answer: PointsAnswer = {
      points: starts.map((local) => ({ t: `${local.padEnd(16, 'T00:00')}Z`, local, group: ['pro'], value: 1 })),
      meta: { granularity },
    };
    const window = readWindow(told(from, to)) as Window;
    const within = { ...context, window, period, now: Date.parse('2026-11-10T15:20:10Z') };
    const view = timeseriesView({ widget: { ...grouped, chart: 'bar' }, answer, context: within, size });
    expect(starts.map((_, i) => plain(view.name(i)))).toEqual(names);
    expect(plain(timeseriesTooltip(view, 0, 'Calls', within).title)).toBe(names[0]);
    expect(timeseriesTable(view, within).rows.map(([cell]) => plain(cell?.text ?? ''))).toEqual([...names].reverse());
    expect(view.incomplete).toBe(/so far|until/.test(names.at(-1) ?? ''));
    // What is looked into is what was counted.
    const slices = starts.map((_, i) => timeseriesSlice(view, grouped, i, 0)?.bucket);
    expect(slices[0]).toMatchObject({ from: Math.max(window.from, Date.parse(answer.points[0]?.t ?? '')) });
    expect(slices.at(-1)).toMatchObject({ to: window.to, localTo: window.localTo, name: view.name(starts.length - 1) });
    for (const slice of slices) {
      expect(slice?.from).toBeGreaterThanOrEqual(window.from);
      expect(slice?.to).toBeLessThanOrEqual(window.to);
    }
  });
});
