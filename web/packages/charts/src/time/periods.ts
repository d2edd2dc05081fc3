/** The periods that the API knows: what they are called and which days they are of. A new one fails to compile here until it has both. */

import type { Period } from '@emban/api/contract';
import { formatValue } from '../format/number.ts';
import { plain } from '../format/unit.ts';

/** Local days, each as the wall-clock time of its midnight; `last` is null where they go on until now. */
export interface Days {
  readonly first: number;
  readonly last: number | null;
}

export interface PeriodFacts {
  /** In full, and where there is little room; `#` stands for `count`. */
  readonly name: string;
  readonly short: string;
  readonly count: number;
  /** The days that it is of, by the midnight with which today began; null where it is of the last `count` hours. */
  readonly days: ((today: number) => Days) | null;
}

const DAY = 86_400_000;

const hours = (count: number, name: string, short: string): PeriodFacts => ({ name, short, count, days: null });

/** Back to the midnight that makes so many days, today among them. */
const rolling = (count: number): PeriodFacts => ({
  ...{ name: 'Last # days', short: '# days', count },
  days: (today) => ({ first: today - (count - 1) * DAY, last: null }),
});

/** Of the calendar; short as it is, there is nothing to leave out of its name. */
const calendar = (name: string, first: (today: number) => number, last: ((today: number) => number) | null = null) => ({
  ...{ name, short: name, count: 1 },
  days: (today: number) => ({ first: first(today), last: last ? last(today) : null }),
});

const monday = (today: number) => today - ((new Date(today).getUTCDay() + 6) % 7) * DAY;

function firstOfMonth(today: number): number {
  const date = new Date(today);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

const PERIODS: Readonly<Record<Period, PeriodFacts>> = {
  '1h': hours(1, 'Last hour', '# hour'),
  '24h': hours(24, 'Last # hours', '# hours'),
  today: calendar('Today', (today) => today),
  yesterday: calendar(
    'Yesterday',
    (today) => today - DAY,
    (today) => today - DAY,
  ),
  '7d': rolling(7),
  this_week: calendar('This week', monday),
  last_week: calendar(
    'Last week',
    (today) => monday(today) - 7 * DAY,
    (today) => monday(today) - DAY,
  ),
  '30d': rolling(30),
  this_month: calendar('This month', firstOfMonth),
  last_month: calendar(
    'Last month',
    (today) => firstOfMonth(firstOfMonth(today) - DAY),
    (today) => firstOfMonth(today) - DAY,
  ),
  '90d': rolling(90),
  this_year: calendar('This year', (today) => Date.UTC(new Date(today).getUTCFullYear(), 0, 1)),
};

export function isPeriod(text: string): text is Period {
  return Object.hasOwn(PERIODS, text);
}

/** The period that a text names. Throws a RangeError for any other: a window that is made up would be a wrong figure. */
export function readPeriod(text: string): Period {
  if (!isPeriod(text)) throw new RangeError(`unknown period: ${text}`);
  return text;
}

/** What is known of a period. Throws a RangeError for an unknown one. */
export function periodFacts(period: string): PeriodFacts {
  return PERIODS[readPeriod(period)];
}

/** `7d` → `Last 7 days`, or `7 days` where it is short, in the locale's digits. Throws a RangeError for an unknown period. */
export function periodName(period: string, locale = 'en', style: 'name' | 'short' = 'name'): string {
  const facts = periodFacts(period);
  return facts[style].replace('#', formatValue(facts.count, plain, locale));
}

/**
 * The whole days of a period: those that may be chosen by hand where it is all that may be shown. Today, of the last 24 hours; null where no day
 * is in it for sure. Throws a RangeError for an unknown period.
 */
export function wholeDays(period: string, today: number): Days | null {
  const { days, count } = periodFacts(period);
  if (days) return days(today);
  return count < 24 ? null : { first: today, last: null };
}

/** Whether a period ends now, so that its last bucket is still filling. */
export function endsNow(period: string, today: number): boolean {
  return (periodFacts(period).days?.(today).last ?? null) === null;
}
