/** Time buckets: how long they are, when one ends, and which of them is not over yet. */

import type { Granularity } from '@emban/api/contract';
import { localTime, startOfLocalDay } from './zone.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
const GRANULARITIES: readonly string[] = ['minute', 'hour', 'day', 'week', 'month'];

function isGranularity(name: unknown): name is Granularity {
  return typeof name === 'string' && GRANULARITIES.includes(name);
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

/** The instant at which the bucket that starts at `start` ends. */
export function bucketEnd(start: number, granularity: Granularity, timezone: string): number {
  if (granularity === 'minute') return start + MINUTE;
  if (granularity === 'hour') return start + HOUR;
  const { year, month, day } = localTime(start, timezone);
  if (granularity === 'month') return startOfLocalDay(year, month + 1, 1, timezone);
  return startOfLocalDay(year, month, day + (granularity === 'week' ? 7 : 1), timezone);
}

/** Whether the last bucket was still filling when the window ended. */
export function isLastIncomplete(
  starts: readonly number[],
  granularity: Granularity,
  timezone: string,
  windowEnd: number,
): boolean {
  const last = starts.at(-1);
  return last !== undefined && bucketEnd(last, granularity, timezone) > windowEnd;
}
