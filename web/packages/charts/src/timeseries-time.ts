/** The buckets of a time series and of the window that it is compared with: when they are, and how each one reads. */

import type { Compare, Granularity, Meta, PointsAnswer, Widget } from '@emban/api/contract';
import type { ChartContext } from './context.ts';
import type { Matrix } from './series.ts';
import { bucketWalls, granularityOf, isLastIncomplete, startsBefore } from './time/buckets.ts';
import { bucketName, momentIn } from './time/labels.ts';
import { endsNow } from './time/periods.ts';
import { beginsDay, clockOf, readWindow, type Window, wallOf, wallsOf } from './time/wall.ts';
import { lastWall, type Telling, thisYear, windowLabel } from './time/windows.ts';

/** The window that a time series is compared with. */
export interface Before {
  /** `Oct 1 – 27`. */
  readonly label: string;
  /** How many buckets it has of those that stand beside one of the present window. */
  readonly count: number;
  /** The full name of a bucket. */
  readonly name: (index: number) => string;
}

export interface Time {
  readonly granularity: Granularity;
  /** The wall-clock time of each bucket's start: what labels and names are made of. */
  readonly walls: readonly number[];
  readonly window: Window;
  /** `Nov 1 – 27`. */
  readonly label: string;
  /** The full name of a bucket, and which part of it the window holds where that is not all: `Nov 2 – 8, from Nov 4`. */
  readonly name: (index: number) => string;
  readonly incomplete: boolean;
  /** Null without a comparison. */
  readonly before: Before | null;
}

/** What a window is called that an answer does not tell. */
const COMPARED: Readonly<Record<Compare, string>> = {
  previous_period: 'the period before',
  previous_year: 'the year before',
};

/** The label of the window that the figures of an answer are compared with. */
export function beforeLabel(meta: Meta | undefined, telling: Telling): string {
  const window = readWindow(meta?.previous_window);
  return window ? windowLabel(window, telling) : COMPARED[meta?.compare ?? 'previous_period'];
}

interface Buckets {
  readonly starts: readonly number[];
  readonly walls: readonly number[];
  readonly granularity: Granularity;
  readonly window: Window;
  /** Whether the window goes on. */
  readonly open: boolean;
}

/** Answers take their time, and clocks differ a little. */
const JUST_NOW = 60_000;

function isOpen(window: Window, { period, now, timezone }: ChartContext): boolean {
  if (period === null) return window.to > now - JUST_NOW;
  return endsNow(period, Math.floor(wallOf(now, timezone) / 86_400_000) * 86_400_000);
}

function namer(buckets: Buckets, context: ChartContext): (index: number) => string {
  const { starts, walls, granularity, window, open } = buckets;
  const { locale, timezone } = context;
  const { from, to } = wallsOf(window, timezone);
  const cut = isLastIncomplete(starts, walls, granularity, window, timezone);
  const at = (wall: number, wholeDay: boolean) => momentIn(wall, granularity, wholeDay, locale);
  const end = () =>
    beginsDay(window.to, to, timezone) ? at(lastWall(window, timezone), true) : at(to, granularity === 'month');
  return (index) => {
    const wall = walls[index] ?? 0;
    const begins = index === 0 && wall < from && !beginsBucket(buckets, timezone);
    return [
      bucketName(wall, granularity, locale, thisYear(context)),
      begins && `from ${at(from, beginsDay(window.from, from, timezone))}`,
      cut && index === walls.length - 1 && (open ? 'so far' : `until ${end()}`),
    ]
      .filter(Boolean)
      .join(', ');
  };
}

/** A day whose midnight the clock skipped begins later than its wall-clock time says. */
function beginsBucket({ granularity, window, walls }: Buckets, timezone: string): boolean {
  const { from } = wallsOf(window, timezone);
  const sameDay = from - (walls[0] ?? 0) < 86_400_000;
  return granularity !== 'minute' && granularity !== 'hour' && sameDay && beginsDay(window.from, from, timezone);
}

function beforeOf(time: Omit<Buckets, 'open'>, meta: Meta | undefined, context: ChartContext): Before {
  const label = beforeLabel(meta, context);
  const window = readWindow(meta?.previous_window);
  const { granularity, walls } = time;
  if (!window) return { label, count: walls.length, name: () => label };
  const earlier = startsBefore(window, granularity, walls.length, context.timezone);
  const name = namer({ ...earlier, granularity, window, open: false }, context);
  return { label, count: earlier.walls.length, name };
}

export function timeOf(widget: Widget, answer: PointsAnswer, context: ChartContext, matrix: Matrix): Time {
  const { timezone, window } = context;
  const { starts, locals } = matrix;
  const granularity = granularityOf(starts, answer.meta?.granularity, widget.query?.granularity);
  const walls = bucketWalls(starts, locals, granularity, clockOf(timezone, window));
  const time = { starts, walls, granularity, window };
  const compared = matrix.series.some(({ previous }) => previous.some((value) => value !== null));
  return {
    granularity,
    walls,
    window,
    label: windowLabel(window, context),
    name: namer({ ...time, open: isOpen(window, context) }, context),
    incomplete: isLastIncomplete(starts, walls, granularity, window, timezone),
    before: compared ? beforeOf(time, answer.meta, context) : null,
  };
}
