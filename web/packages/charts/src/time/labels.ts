/** Words for wall-clock times (see wall.ts): axis labels, a bucket's full name, the window that a page shows. */

import type { Granularity } from '@emban/api/contract';
import { isolated, isRightToLeft } from '../text.ts';
import { wallEnd } from './buckets.ts';
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

/** Times in Arabic and the like stand in sentences of another direction: their figures and words keep their order. */
function inSentence(text: string, locale: string): string {
  return isRightToLeft(locale) ? isolated(text) : text;
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

/** Whether the first label of an axis has the date below its time: hours and minutes that do not begin with a day would not say which day it is. */
export function startsInDay(walls: readonly number[], granularity: Granularity): boolean {
  const [first = 0] = walls;
  return (granularity === 'minute' || granularity === 'hour') && first % 86_400_000 !== 0;
}

/** `texts` with the date below the first of them, which is that of bucket `first`. */
export function withDate(texts: Map<number, string>, first: number, wall: number, locale: string): Map<number, string> {
  const date = format(locale, DAY).format(wall);
  const text = texts.get(first);
  // A label at midnight is a date already.
  return text === undefined || text === date ? texts : new Map(texts).set(first, `${text}\n${date}`);
}

/** A bucket's name in full, as a tooltip or a table row has it; the year is left out where it is `thisYear`. */
export function bucketName(wall: number, granularity: Granularity, locale: string, thisYear?: number): string {
  return inSentence(bareName(wall, granularity, locale, thisYear), locale);
}

function bareName(wall: number, granularity: Granularity, locale: string, thisYear: number | undefined): string {
  const end = wallEnd(wall, granularity);
  const year = yearUnless([wall, granularity === 'week' ? end - 1 : wall], thisYear);
  switch (granularity) {
    case 'minute':
      return format(locale, { ...DAY, ...year, ...clock(locale) }).format(wall);
    case 'hour':
      return format(locale, { ...DAY, weekday: 'short', ...year, ...clock(locale) }).formatRange(wall, end);
    case 'day':
      return format(locale, { ...DAY, weekday: 'short', ...year }).format(wall);
    case 'week':
      return format(locale, { ...DAY, ...year }).formatRange(wall, end - 1);
    case 'month':
      return format(locale, { month: 'long', year: 'numeric' }).format(wall);
  }
}

/** The year, unless all of the times are in the present one. */
function yearUnless(walls: readonly number[], thisYear: number | undefined): Intl.DateTimeFormatOptions {
  return walls.every((wall) => new Date(wall).getUTCFullYear() === thisYear) ? {} : { year: 'numeric' };
}

/** Local days from the one that `first` is on to the one that `last` is on: `Nov 1 – 27`, `Nov 12`. */
export function daySpan(first: number, last: number, locale: string, thisYear?: number): string {
  const days = format(locale, { ...DAY, ...yearUnless([first, last], thisYear) }).formatRange(first, last);
  return inSentence(days, locale);
}

/** Times of day, with their dates unless both are on the day of `today`: `2:00 – 3:15 PM`. */
export function timeSpan(from: number, to: number, locale: string, today: number): string {
  const day = (wall: number) => Math.floor(wall / 86_400_000);
  const isToday = day(from) === day(today) && day(to) === day(today);
  const dates = isToday ? {} : { ...DAY, ...yearUnless([from, to], new Date(today).getUTCFullYear()) };
  return inSentence(format(locale, { ...dates, ...clock(locale) }).formatRange(from, to), locale);
}

/** A moment inside of a day, a week or a month: its time of day where that is what tells it, its date where it is a whole day's. */
export function momentIn(wall: number, granularity: Granularity, wholeDay: boolean, locale: string): string {
  const inDay = granularity !== 'week' && granularity !== 'month';
  const options = wholeDay ? DAY : inDay ? clock(locale) : { ...DAY, ...clock(locale) };
  return inSentence(format(locale, options).format(wall), locale);
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
