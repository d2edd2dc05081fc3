/** Days are named by the server that cut them, whatever zone tables a browser has. */

import type { PointsAnswer, TableAnswer, Widget } from '@emban/api/contract';
import { light } from '@emban/theme';
import { describe, expect, it } from 'vitest';
import {
  type ChartContext,
  noColours,
  tableView,
  timeseriesSlice,
  timeseriesSummary,
  timeseriesTable,
  timeseriesTooltip,
  timeseriesView,
  timezoneName,
} from '../index.ts';
import { clockOf, readLocal, type Window, wallOf } from './wall.ts';

const at = (text: string) => Date.parse(text);
const ZONE = 'America/Havana';
const widget: Widget = {
  ...{ id: 'w', title: 'Daily', kind: 'timeseries', chart: 'bar', layout: { x: 0, y: 0, w: 12, h: 4 } },
  query: { metric: 'count', granularity: 'day', group_by: ['plan'] },
};

/** Three days of a server whose tables have Havana an hour further east than this engine's: UTC-4 in November. */
const days = ['2026-11-18', '2026-11-19', '2026-11-20'];
const answer: PointsAnswer = {
  points: days.map((local, i) => ({ t: `${local}T04:00:00Z`, local, group: ['pro'], value: i + 1 })),
  meta: { granularity: 'day' },
};
const window: Window = {
  from: at('2026-11-18T04:00:00Z'),
  to: at('2026-11-20T15:20:00Z'),
  localFrom: readLocal('2026-11-18T00:00'),
  localTo: readLocal('2026-11-20T11:20'),
};
const context: ChartContext = {
  ...{
    theme: light,
    locale: 'en-GB',
    timezone: ZONE,
    window,
    now: at('2026-11-20T15:20:00Z'),
    period: null,
    colours: noColours,
  },
};
const draw = (points = answer, within = context) =>
  timeseriesView({ widget, answer: points, context: within, size: { width: 640, height: 220 } });

function ticks(view: ReturnType<typeof draw>): string[] {
  const { axisLabel } = view.option.xAxis as { axisLabel: { formatter: (value: string, i: number) => string } };
  return view.matrix.starts.map((_, i) => axisLabel.formatter('', i));
}

describe('with tables that differ from the browser’s', () => {
  it('says nothing of another day', () => {
    expect(wallOf(at('2026-11-20T04:00:00Z'), ZONE)).toBe(at('2026-11-19T23:00:00Z'));
    const view = draw();
    expect(ticks(view)).toEqual(['18 Nov', '19 Nov', '20 Nov']);
    expect(timeseriesTooltip(view, 1, 'Daily', context).title).toBe('Thu 19 Nov');
    expect(timeseriesTable(view, context).rows.map(([cell]) => cell?.text)).toEqual([
      'Fri 20 Nov, so far',
      'Thu 19 Nov',
      'Wed 18 Nov',
    ]);
    const summary = timeseriesSummary(view, widget, context).replace(/[\s\u2009]+/g, ' ');
    expect(summary).toBe('Bar chart, 18 – 20 Nov, per day. pro: highest 3 on Fri 20 Nov, so far.');
  });

  it('looks into the bucket that the server cut', () => {
    const slice = (index: number) => timeseriesSlice(draw(), widget, index, 0)?.bucket;
    expect(slice(1)).toMatchObject({ from: at('2026-11-19T04:00:00Z'), to: at('2026-11-20T04:00:00Z') });
    expect(slice(1)?.name).toBe('Thu 19 Nov');
    // The last one ends with the window: what came since is not in the figure.
    expect(slice(2)).toMatchObject({ from: at('2026-11-20T04:00:00Z'), to: window.to });
  });

  it('writes events and the offset by the server’s clock', () => {
    const events: TableAnswer = {
      columns: [{ name: 'timestamp', type: 'timestamp' }],
      rows: [['2026-11-20T04:30:00Z']],
    };
    expect(tableView(events, context).rows[0]?.[0]).toMatchObject({
      text: '20 Nov, 00:30',
      full: '2026-11-20T04:30:00Z',
      sort: at('2026-11-20T04:30:00Z'),
    });
    const clock = clockOf(ZONE, window);
    expect(timezoneName(ZONE, (clock(window.to) - window.to) / 60_000)).toBe('America/Havana (UTC−4)');
    // A year ago the server has said nothing.
    expect(clock(at('2025-11-20T04:30:00Z'))).toBe(at('2025-11-19T23:30:00Z'));
  });

  it('knows a zone that the browser does not have', () => {
    const named = draw(answer, { ...context, timezone: 'America/Nowhere' });
    expect(ticks(named)).toEqual(['18 Nov', '19 Nov', '20 Nov']);
    expect(named.incomplete).toBe(true);
  });

  it('knows when a day is over', () => {
    const over = { ...window, to: at('2026-11-21T04:00:00Z'), localTo: readLocal('2026-11-21T00:00') };
    expect(draw(answer, { ...context, window: over }).incomplete).toBe(false);
    expect(draw().incomplete).toBe(true);
  });
});

describe('the clock of an answer', () => {
  it('is the browser’s own where the tables agree, whatever lies between', () => {
    const year: Window = {
      ...{ from: at('2026-01-01T05:00:00Z'), to: at('2026-12-31T05:00:00Z') },
      ...{ localFrom: readLocal('2026-01-01T00:00'), localTo: readLocal('2026-12-31T00:00:00.000') },
    };
    expect(clockOf(ZONE, year)(at('2026-07-01T04:00:00Z'))).toBe(at('2026-07-01T00:00:00Z'));
  });

  it.each([
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01T14:00', '2026-11-01T14:00:00.000Z'],
    ['2026-11-01T14:00:05', '2026-11-01T14:00:05.000Z'],
    ['2026-11-01T14:00:00Z', null],
    ['2026-13-01', null],
    ['', null],
    [null, null],
    [undefined, null],
  ])('reads %s', (text, wall) => {
    const read = readLocal(text);
    expect(read === null ? null : new Date(read).toISOString()).toBe(wall);
  });
});

it('goes by the instants of an older server', () => {
  const points = answer.points.map(({ local: _, ...point }) => point);
  const plain = { from: window.from, to: window.to };
  expect(ticks(draw({ points }, { ...context, timezone: 'UTC', window: plain }))).toEqual([
    '18 Nov',
    '19 Nov',
    '20 Nov',
  ]);
});
