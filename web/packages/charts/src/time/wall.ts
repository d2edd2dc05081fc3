/**
 * Local time as the server tells it. Days are cut by the server's zone tables, and a browser's may be older or newer: a label made from the
 * instant alone would name the day before. A wall-clock time is kept as the milliseconds that its fields would be in UTC.
 */

import type { AnswerWindow } from '@emban/api/contract';
import { isTimezone, localTime, offsetMinutes, startOfLocalDay } from './zone.ts';

/** A half-open window [from, to) in ms since the epoch, and what the server's wall clock says at either end; absent in older answers. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly localFrom?: number | null;
  readonly localTo?: number | null;
}

const MINUTE = 60_000;
const DAY = 86_400_000;
const LOCAL = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?$/;

/** `2026-11-01` or `2026-11-01T14:00` as a wall-clock time; null for anything else. */
export function readLocal(text: string | null | undefined): number | null {
  const [, day, time = '00:00'] = LOCAL.exec(text ?? '') ?? [];
  const wall = day ? Date.parse(`${day}T${time}Z`) : Number.NaN;
  return Number.isNaN(wall) ? null : wall;
}

/** A window as an answer says it; null where it says none. */
export function readWindow(said: AnswerWindow | null | undefined): Window | null {
  if (!said) return null;
  const { from, to, local_from: localFrom, local_to: localTo } = said;
  return { from: Date.parse(from), to: Date.parse(to), localFrom: readLocal(localFrom), localTo: readLocal(localTo) };
}

/** The wall-clock time of an instant by this engine's own tables; in UTC where they do not have the zone. */
export function wallOf(instant: number, timezone: string): number {
  return instant + (isTimezone(timezone) ? offsetMinutes(instant, timezone) * MINUTE : 0);
}

/** The wall-clock time of an instant. */
export type Clock = (instant: number) => number;

/**
 * The clock of an answer: this engine's own tables where they agree with what the server says at the window's ends, else the server's offset at
 * the nearer end. Away from the window the server has said nothing.
 */
export function clockOf(timezone: string, window: Window): Clock {
  const own: Clock = (instant) => wallOf(instant, timezone);
  const anchors = [
    { at: window.from, wall: window.localFrom },
    { at: window.to, wall: window.localTo },
  ].flatMap(({ at, wall }) => (typeof wall === 'number' ? [{ at, shift: wall - at }] : []));
  const [first] = anchors;
  const agrees = anchors.every(({ at, shift }) => Math.abs(own(at) - at - shift) < MINUTE);
  if (!first || agrees) return own;
  return (instant) => {
    if (instant < window.from - DAY || instant > window.to + DAY) return own(instant);
    const nearest = anchors.reduce(
      (best, one) => (Math.abs(one.at - instant) < Math.abs(best.at - instant) ? one : best),
      first,
    );
    return instant + nearest.shift;
  };
}

/** The wall-clock times of a window's ends. */
export function wallsOf(window: Window, timezone: string): { from: number; to: number } {
  return { from: window.localFrom ?? wallOf(window.from, timezone), to: window.localTo ?? wallOf(window.to, timezone) };
}

/** Whether a local day begins at an instant whose wall-clock time is `wall`: at midnight, or later where the clock skips midnight. */
export function beginsDay(instant: number, wall: number, timezone: string): boolean {
  if (wall % DAY === 0) return true;
  // No clock has ever skipped more than this at midnight, but for whole days.
  if (wall % DAY > 2 * 3_600_000 || !isTimezone(timezone)) return false;
  const { year, month, day } = localTime(instant, timezone);
  return startOfLocalDay(year, month, day, timezone) === instant;
}
