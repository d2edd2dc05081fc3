/** Words for times: axis labels, a bucket's full name, the window that a page shows. */

import type { Granularity } from '@emban/api/contract';
import { bucketEnd } from './buckets.ts';
import { type LocalTime, localTime, offsetMinutes } from './zone.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** Buckets are days, weeks and months of the Gregorian calendar: in another one a month's name would stand for parts of two. */
function format(locale: string, timezone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale}|${timezone}|${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale, { timeZone: timezone, calendar: 'gregory', ...options });
    formats.set(key, found);
  }
  return found;
}

/** 03:00 where clocks run to 24, 3:00 am where they run to 12. */
function clock(locale: string): Intl.DateTimeFormatOptions {
  const cycle = format(locale, 'UTC', { hour: 'numeric' }).resolvedOptions().hourCycle;
  return { hour: cycle === 'h23' || cycle === 'h24' ? '2-digit' : 'numeric', minute: '2-digit' };
}

const DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };
const MONTH: Intl.DateTimeFormatOptions = { month: 'short' };

/** A label of the time axis with the local time that decides whether it falls on a round step. */
export interface AxisLabel {
  readonly text: string;
  readonly local: LocalTime;
}

function axisText(start: number, local: LocalTime, granularity: Granularity, locale: string, timezone: string) {
  if (granularity === 'month') return format(locale, timezone, MONTH).format(start);
  const midnight = local.hour === 0 && local.minute === 0;
  const ofDay = granularity === 'minute' || granularity === 'hour';
  return format(locale, timezone, ofDay && !midnight ? clock(locale) : DAY).format(start);
}

/** A label for every bucket. Years are not in them: `withYears` puts one where the chosen labels cross into a new year. */
export function axisLabels(
  starts: readonly number[],
  granularity: Granularity,
  timezone: string,
  locale: string,
): AxisLabel[] {
  return starts.map((start) => {
    const local = localTime(start, timezone);
    return { text: axisText(start, local, granularity, locale, timezone), local };
  });
}

/** The text of each chosen label, the year written once where it changes. */
export function withYears(
  starts: readonly number[],
  labels: readonly AxisLabel[],
  chosen: readonly number[],
  granularity: Granularity,
  timezone: string,
  locale: string,
): Map<number, string> {
  const texts = new Map<number, string>();
  let year: number | undefined;
  for (const i of chosen) {
    const label = labels[i] as AxisLabel;
    const turns = year !== undefined && label.local.year !== year;
    const options = { ...(granularity === 'month' ? MONTH : DAY), year: 'numeric' } as const;
    texts.set(i, turns ? format(locale, timezone, options).format(starts[i]) : label.text);
    year = label.local.year;
  }
  return texts;
}

/** A bucket's name in full, as a tooltip or a table row has it. */
export function bucketName(start: number, granularity: Granularity, timezone: string, locale: string): string {
  const end = bucketEnd(start, granularity, timezone);
  switch (granularity) {
    case 'minute':
      return format(locale, timezone, { ...DAY, year: 'numeric', ...clock(locale) }).format(start);
    case 'hour':
      return format(locale, timezone, { ...DAY, weekday: 'short', year: 'numeric', ...clock(locale) }).formatRange(
        start,
        end,
      );
    case 'day':
      return format(locale, timezone, { ...DAY, weekday: 'short', year: 'numeric' }).format(start);
    case 'week':
      return format(locale, timezone, { ...DAY, year: 'numeric' }).formatRange(start, end - 1);
    case 'month':
      return format(locale, timezone, { month: 'long', year: 'numeric' }).format(start);
  }
}

/** The window [from, to) as a range of days, or of hours where it is short. */
export function windowName(from: number, to: number, timezone: string, locale: string): string {
  const hours = (to - from) / 3_600_000;
  if (hours <= 36) return format(locale, timezone, { ...DAY, ...clock(locale) }).formatRange(from, to);
  // A window that ends at midnight does not reach into the day that begins then.
  return format(locale, timezone, { ...DAY, year: 'numeric' }).formatRange(from, Math.max(from, to - 1));
}

/** A range of calendar days, `YYYY-MM-DD`, both included. */
export function daysName(first: string, last: string, locale: string): string {
  return format(locale, 'UTC', { ...DAY, year: 'numeric' }).formatRange(Date.parse(first), Date.parse(last));
}

/** A time of day with its date where it is not on the same local day as `now`. */
export function momentName(instant: number, now: number, timezone: string, locale: string): string {
  const [one, other] = [localTime(instant, timezone), localTime(now, timezone)];
  const sameDay = one.day === other.day && one.month === other.month && one.year === other.year;
  return format(locale, timezone, sameDay ? clock(locale) : { ...DAY, ...clock(locale) }).format(instant);
}

/** `Europe/Berlin (UTC+1)`, at the instant given: the offset changes with the season. */
export function timezoneName(timezone: string, instant: number): string {
  const offset = offsetMinutes(instant, timezone);
  if (timezone === 'UTC' || timezone === 'Etc/UTC') return 'UTC';
  const hours = Math.floor(Math.abs(offset) / 60);
  const minutes = Math.abs(offset) % 60;
  const shift =
    offset === 0 ? '' : `${offset < 0 ? '−' : '+'}${hours}${minutes ? `:${`${minutes}`.padStart(2, '0')}` : ''}`;
  return `${timezone.replaceAll('_', ' ')} (UTC${shift})`;
}
