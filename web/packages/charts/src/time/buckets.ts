/** Time buckets: how long they are, when one ends, and which of them is not over yet. */

import type { Granularity } from '@emban/api/contract';
import { type Clock, clockOf, readLocal, type Window, wallsOf } from './wall.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
const GRANULARITIES: Readonly<Record<Granularity, true>> = {
  minute: true,
  hour: true,
  day: true,
  week: true,
  month: true,
};

export function isGranularity(name: unknown): name is Granularity {
  return typeof name === 'string' && Object.hasOwn(GRANULARITIES, name);
}

/**
 * The granularity of an answer: what the query or the answer says, else what the smallest step between bucket starts shows.
 * Days of 23 and 25 hours and months of 28 to 31 days are why these are ranges.
 */
export function granularityOf(starts: readonly number[], ...said: (string | null | undefined)[]): Granularity {
  const named = said.find(isGranularity);
  if (named) return named;
  let step = Number.POSITIVE_INFINITY;
  for (let i = 1; i < starts.length; i += 1) step = Math.min(step, (starts[i] as number) - (starts[i - 1] as number));
  if (step < HOUR) return 'minute';
  if (step < 22 * HOUR) return 'hour';
  if (step < 6 * DAY || !Number.isFinite(step)) return 'day';
  return step < 27 * DAY ? 'week' : 'month';
}

/** The wall-clock time at which the bucket that starts at `wall` ends, where no clock is changed in it. */
export function wallEnd(wall: number, granularity: Granularity): number {
  switch (granularity) {
    case 'minute':
      return wall + MINUTE;
    case 'hour':
      return wall + HOUR;
    case 'day':
      return wall + DAY;
    case 'week':
      return wall + 7 * DAY;
    case 'month': {
      const date = new Date(wall);
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
    }
  }
}

const ofDay = (granularity: Granularity) => granularity === 'minute' || granularity === 'hour';

/**
 * The wall-clock time of each bucket's start: what the server says, else what `clock` makes of the instant. A day whose midnight does not exist
 * begins later; it is still that day.
 */
export function bucketWalls(
  starts: readonly number[],
  locals: readonly (string | null)[],
  granularity: Granularity,
  clock: Clock,
): number[] {
  return starts.map((start, i) => {
    const wall = readLocal(locals[i]) ?? clock(start);
    return ofDay(granularity) ? wall : Math.floor(wall / DAY) * DAY;
  });
}

/** Whether the last bucket was still filling when the window ended. */
export function isLastIncomplete(
  starts: readonly number[],
  walls: readonly number[],
  granularity: Granularity,
  window: Window,
  timezone: string,
): boolean {
  const [start, wall] = [starts.at(-1), walls.at(-1)];
  if (start === undefined || wall === undefined) return false;
  // Hours and minutes are as long as they are; days go by the wall clock.
  if (ofDay(granularity)) return start + wallEnd(0, granularity) > window.to;
  return wallEnd(wall, granularity) > wallsOf(window, timezone).to;
}

/** The wall-clock time at which the bucket that holds `wall` starts. */
function wallStart(wall: number, granularity: Granularity): number {
  const date = new Date(wall);
  const day = Math.floor(wall / DAY) * DAY;
  switch (granularity) {
    case 'minute':
      return Math.floor(wall / MINUTE) * MINUTE;
    case 'hour':
      return Math.floor(wall / HOUR) * HOUR;
    case 'day':
      return day;
    case 'week':
      return day - ((date.getUTCDay() + 6) % 7) * DAY;
    case 'month':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }
}

/**
 * The first `most` buckets of a window of which the answer tells the ends alone, as instants (of minutes and hours; of longer ones nobody asks)
 * and as wall-clock times.
 */
export function startsBefore(
  window: Window,
  granularity: Granularity,
  most: number,
  timezone: string,
): { starts: number[]; walls: number[] } {
  const { from, to } = wallsOf(window, timezone);
  const first = wallStart(from, granularity);
  if (ofDay(granularity)) {
    const [start, step] = [window.from - (from - first), granularity === 'hour' ? HOUR : MINUTE];
    const count = Math.min(most, Math.ceil((window.to - start) / step));
    const starts = Array.from({ length: count }, (_, i) => start + i * step);
    return { starts, walls: starts.map(clockOf(timezone, window)) };
  }
  const walls: number[] = [];
  for (let wall = first; wall < to && walls.length < most; wall = wallEnd(wall, granularity)) walls.push(wall);
  return { starts: walls, walls };
}
