/** An answer of SQL as a widget with its answer, so that the charts of dashboards can draw it. Pure. */

import type { PointsAnswer, Widget } from '@emban/api/contract';
import { asFloat, bareType, isNumber, isTime, type Result } from './cells.ts';

export interface Drawn {
  readonly widget: Widget;
  readonly answer: PointsAnswer;
}

const DAY = 86_400_000;
const MOST_BARS = 30;
const MOST_POINTS = 3_000;
const MOST_LINES = 8;
const LAYOUT = { x: 0, y: 0, w: 12, h: 6 };

function numberOf(value: unknown): number | null {
  if (value === null || value === undefined || value === '') return null;
  const number = asFloat(value);
  return Number.isFinite(number) ? number : null;
}

/** An instant of a date or a time with its zone; a time without one is taken for UTC. */
function instantOf(value: unknown): number {
  const text = String(value);
  const bare = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text.replace(' ', 'T');
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(bare) ? bare : `${bare}Z`);
}

/** The size of buckets that times lie in: by the least distance of two. */
export function sizeOf(times: readonly number[], daily: boolean): 'minute' | 'hour' | 'day' | 'week' | 'month' {
  const steps = times.slice(1).map((time, at) => time - (times[at] as number));
  const least = steps.length ? Math.min(...steps.filter((step) => step > 0)) : DAY;
  if (least >= 28 * DAY) return 'month';
  if (least >= 7 * DAY && least % (7 * DAY) === 0) return 'week';
  if (least >= DAY || daily) return 'day';
  return least >= 3_600_000 ? 'hour' : 'minute';
}

function byTime(result: Result, time: number, numbers: readonly number[]): Drawn | null {
  const daily = /^Date(32)?$/.test(bareType(result.columns[time]?.type ?? ''));
  const rows = result.rows
    .map((row) => ({ at: instantOf(row[time]), row }))
    .filter(({ at }) => Number.isFinite(at))
    .sort((one, other) => one.at - other.at)
    .slice(0, MOST_POINTS);
  const first = rows[0];
  const last = rows.at(-1);
  if (!first || !last) return null;
  const times = [...new Set(rows.map(({ at }) => at))];
  const granularity = sizeOf(times, daily);
  const series = numbers.map((at) => ({ name: `c${at}`, title: result.columns[at]?.name ?? '' }));
  const points = numbers.flatMap((column) =>
    rows.map(({ at, row }) => {
      const t = new Date(at).toISOString();
      const local = granularity === 'minute' || granularity === 'hour' ? t.slice(0, 16) : t.slice(0, 10);
      return { t, local, group: [], value: numberOf(row[column]), ...(series.length > 1 && { series: `c${column}` }) };
    }),
  );
  const step = { minute: 60_000, hour: 3_600_000, day: DAY, week: 7 * DAY, month: 31 * DAY }[granularity];
  const window = { from: new Date(first.at).toISOString(), to: new Date(last.at + step).toISOString() };
  const title = series.length === 1 ? (series[0]?.title ?? '') : '';
  const query = { granularity, ...(series.length > 1 && { series }) };
  return {
    widget: { id: 'result', title, kind: 'timeseries', chart: 'line', layout: LAYOUT, query },
    answer: { points, meta: { granularity, window, timezone: 'UTC' } },
  };
}

function byCategory(result: Result, category: number, number: number): Drawn {
  const points = result.rows
    .slice(0, MOST_BARS)
    .map((row) => ({ t: null, group: [String(row[category] ?? '')], value: numberOf(row[number]) }));
  const title = result.columns[number]?.name ?? '';
  const query = { group_by: [result.columns[category]?.name ?? ''], granularity: 'none' };
  return {
    widget: { id: 'result', title, kind: 'breakdown', chart: 'horizontal_bar', layout: LAYOUT, query },
    answer: { points, meta: { granularity: 'none' } },
  };
}

/** The first time column by the numbers, or the first text by the first number; null where there is nothing to draw. */
export function chartOf(result: Result): Drawn | null {
  const places = result.columns.map((column, at) => ({ ...column, at }));
  const numbers = places.filter(({ type }) => isNumber(type)).map(({ at }) => at);
  const number = numbers[0];
  if (number === undefined || result.rows.length === 0) return null;
  const time = places.find(({ type }) => isTime(type));
  if (time) return byTime(result, time.at, numbers.slice(0, MOST_LINES));
  const category = places.find(({ type }) => !isNumber(type) && !/^(Array|Map|Tuple)/.test(bareType(type)));
  return category ? byCategory(result, category.at, number) : null;
}
