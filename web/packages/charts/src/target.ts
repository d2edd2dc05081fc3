/** What a figure runs towards in the window that is shown. */

import type { Widget } from '@emban/api/contract';
import type { Window } from './time/wall.ts';

const DAY = 86_400_000;
const WEEK_DAYS = 7;
/** Calendar periods are judged by their whole: a budget of a month is the month's on its first day, too. */
const WHOLE: Readonly<Record<string, NonNullable<Widget['target_period']>>> = {
  today: 'day',
  yesterday: 'day',
  this_week: 'week',
  last_week: 'week',
  this_month: 'month',
  last_month: 'month',
  this_year: 'year',
};

function startOfDay(wall: number): number {
  return Math.floor(wall / DAY) * DAY;
}

/** First and next first day of the calendar's week (from Monday), month or year that a local day is in. */
function calendar(day: number, unit: NonNullable<Widget['target_period']>): readonly [number, number] {
  const date = new Date(day);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  switch (unit) {
    case 'day':
      return [day, day + DAY];
    case 'week': {
      const monday = day - ((date.getUTCDay() + 6) % WEEK_DAYS) * DAY;
      return [monday, monday + WEEK_DAYS * DAY];
    }
    case 'month':
      return [Date.UTC(year, month), Date.UTC(year, month + 1)];
    case 'year':
      return [Date.UTC(year, 0), Date.UTC(year + 1, 0)];
  }
}

/** The local stretch that a target is for: whole days where the window begins with one, whole weeks, months and years where it is one. */
function stretchOf(window: Window, period: string | null): readonly [number, number] {
  const [from, to] = [window.localFrom ?? window.from, window.localTo ?? window.to];
  const unit = period === null ? undefined : WHOLE[period];
  if (unit) return calendar(startOfDay(from), unit);
  if (from !== startOfDay(from)) return [from, to];
  return [from, startOfDay(to) === to ? to : startOfDay(to) + DAY];
}

/**
 * The widget's target for a window: as it is without a `target_period`, else scaled by local days. `this_month` and the like are judged by all of their
 * days, windows of days by the days that they touch, windows of hours by their length. Null without a target.
 */
export function targetIn(widget: Widget, window: Window, period: string | null): number | null {
  const { target, target_period: unit } = widget;
  if (typeof target !== 'number' || target <= 0) return null;
  if (!unit) return target;
  const [from, to] = stretchOf(window, period);
  let sum = 0;
  for (let day = startOfDay(from); day < to; day += DAY) {
    const [first, next] = calendar(day, unit);
    const share = (Math.min(to, day + DAY) - Math.max(from, day)) / (next - first);
    sum += target * share;
  }
  return Number(sum.toPrecision(12));
}
