/** Words for wall-clock times (see wall.ts): axis labels, a bucket's full name, the window that a page shows. */

import type { Granularity } from '@emban/api/contract';
import { wallEnd } from './buckets.ts';
import { type Window, wallsOf } from './wall.ts';
import type { LocalTime } from './zone.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** Buckets are days, weeks and months of the Gregorian calendar: in another one a month's name would stand for parts of two. */
function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale}|${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', calendar: 'gregory', ...options });
    formats.set(key, found);
  }
  return found;
}

/** 03:00 where clocks run to 24, 3:00 am where they run to 12. */
function clock(locale: string): Intl.DateTimeFormatOptions {
  const cycle = format(locale, { hour: 'numeric' }).resolvedOptions().hourCycle;
  return { hour: cycle === 'h23' || cycle === 'h24' ? '2-digit' : 'numeric', minute: '2-digit' };
}

const DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };
const MONTH: Intl.DateTimeFormatOptions = { month: 'short' };

/** A label of the time axis with the local time that decides whether it falls on a round step. */
export interface AxisLabel {
  readonly text: string;
  readonly local: LocalTime;
}

function axisText(wall: number, local: LocalTime, granularity: Granularity, locale: string) {
  if (granularity === 'month') return format(locale, MONTH).format(wall);
  const midnight = local.hour === 0 && local.minute === 0;
  const ofDay = granularity === 'minute' || granularity === 'hour';
  return format(locale, ofDay && !midnight ? clock(locale) : DAY).format(wall);
}

function fieldsOf(wall: number): LocalTime {
  const date = new Date(wall);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    weekday: date.getUTCDay(),
  };
}

/** A label for every bucket. Years are not in them: `withYears` puts one where the chosen labels cross into a new year. */
export function axisLabels(walls: readonly number[], granularity: Granularity, locale: string): AxisLabel[] {
  return walls.map((wall) => {
    const local = fieldsOf(wall);
    return { text: axisText(wall, local, granularity, locale), local };
  });
}

/** The text of each chosen label, the year written once where it changes. */
export function withYears(
  walls: readonly number[],
  labels: readonly AxisLabel[],
  chosen: readonly number[],
  granularity: Granularity,
  locale: string,
): Map<number, string> {
  const texts = new Map<number, string>();
  let year: number | undefined;
  for (const i of chosen) {
    const label = labels[i] as AxisLabel;
    const turns = year !== undefined && label.local.year !== year;
    const options = { ...(granularity === 'month' ? MONTH : DAY), year: 'numeric' } as const;
    texts.set(i, turns ? format(locale, options).format(walls[i]) : label.text);
    year = label.local.year;
  }
  return texts;
}

/** A bucket's name in full, as a tooltip or a table row has it. */
export function bucketName(wall: number, granularity: Granularity, locale: string): string {
  const end = wallEnd(wall, granularity);
  switch (granularity) {
    case 'minute':
      return format(locale, { ...DAY, year: 'numeric', ...clock(locale) }).format(wall);
    case 'hour':
      return format(locale, { ...DAY, weekday: 'short', year: 'numeric', ...clock(locale) }).formatRange(wall, end);
    case 'day':
      return format(locale, { ...DAY, weekday: 'short', year: 'numeric' }).format(wall);
    case 'week':
      return format(locale, { ...DAY, year: 'numeric' }).formatRange(wall, end - 1);
    case 'month':
      return format(locale, { month: 'long', year: 'numeric' }).format(wall);
  }
}

/** A window as a range of days, or of hours where it is short. */
export function windowName(window: Window, timezone: string, locale: string): string {
  const { from, to } = wallsOf(window, timezone);
  const hours = (window.to - window.from) / 3_600_000;
  if (hours <= 36) return format(locale, { ...DAY, ...clock(locale) }).formatRange(from, to);
  // A window that ends at midnight does not reach into the day that begins then.
  return format(locale, { ...DAY, year: 'numeric' }).formatRange(from, Math.max(from, to - 1));
}

/** A range of calendar days, `YYYY-MM-DD`, both included. */
export function daysName(first: string, last: string, locale: string): string {
  return format(locale, { ...DAY, year: 'numeric' }).formatRange(Date.parse(first), Date.parse(last));
}

/** A time of day with its date where it is not on the same local day as `now`. */
export function momentName(wall: number, now: number, locale: string): string {
  const sameDay = Math.floor(wall / 86_400_000) === Math.floor(now / 86_400_000);
  return format(locale, sameDay ? clock(locale) : { ...DAY, ...clock(locale) }).format(wall);
}

/** `Europe/Berlin (UTC+1)`; `offset` in minutes ahead of UTC, which changes with the season. */
export function timezoneName(timezone: string, offset: number): string {
  if (timezone === 'UTC' || timezone === 'Etc/UTC') return 'UTC';
  const hours = Math.floor(Math.abs(offset) / 60);
  const minutes = Math.abs(offset) % 60;
  const shift =
    offset === 0 ? '' : `${offset < 0 ? '−' : '+'}${hours}${minutes ? `:${`${minutes}`.padStart(2, '0')}` : ''}`;
  return `${timezone.replaceAll('_', ' ')} (UTC${shift})`;
}
