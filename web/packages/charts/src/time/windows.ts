/** Windows in words: `Nov 1 – 27`, `2:00 – 3:15 PM`. Local times are the server's, so that no zone tables of a browser are asked. */

import { daySpan, timeSpan } from './labels.ts';
import { periodFacts } from './periods.ts';
import { beginsDay, type Window, wallOf, wallsOf } from './wall.ts';

/** What a window's words depend on. */
export interface Telling {
  readonly locale: string;
  /** IANA name. */
  readonly timezone: string;
  /** The present instant: dates of this year have no year, times of today no date. */
  readonly now: number;
  /** The period that the window is of, or is compared with; null for days or instants of somebody's choice. */
  readonly period: string | null;
}

/** The present year by the clock of the time zone. */
export function thisYear({ now, timezone }: Pick<Telling, 'now' | 'timezone'>): number {
  return new Date(wallOf(now, timezone)).getUTCFullYear();
}

/** The last wall-clock time in a window: where it ends at midnight, it does not reach into the day that begins then. */
export function lastWall(window: Window, timezone: string): number {
  const { from, to } = wallsOf(window, timezone);
  const end = beginsDay(window.to, to, timezone) ? Math.floor(to / 86_400_000) * 86_400_000 : to;
  return Math.max(from, end - 1);
}

function isOfHours(window: Window, from: number, { period, timezone }: Telling): boolean {
  if (period !== null) return periodFacts(period).days === null;
  return !beginsDay(window.from, from, timezone);
}

/** A window as days, or as times of day where it is of hours; the year only where it is not the present one. */
export function windowLabel(window: Window, telling: Telling): string {
  const { locale, timezone, now } = telling;
  const { from, to } = wallsOf(window, timezone);
  if (isOfHours(window, from, telling)) return timeSpan(from, to, locale, wallOf(now, timezone));
  return daySpan(from, lastWall(window, timezone), locale, thisYear(telling));
}
