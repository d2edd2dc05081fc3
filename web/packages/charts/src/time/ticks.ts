/** Which labels of a time axis to draw: round steps of the local clock, as many as fit without touching. */

import type { Granularity } from '@emban/api/contract';
import { textWidth } from '../text.ts';
import type { AxisLabel } from './labels.ts';
import type { LocalTime } from './zone.ts';

type Test = (local: LocalTime) => boolean;

const everyMinutes =
  (n: number): Test =>
  ({ hour, minute }) =>
    (hour * 60 + minute) % n === 0;
const everyHours =
  (n: number): Test =>
  ({ hour }) =>
    hour % n === 0;
const midnight: Test = ({ hour, minute }) => hour === 0 && minute === 0;
const monday: Test = ({ weekday }) => weekday === 1;
const mondayMidnight: Test = (local) => midnight(local) && monday(local);
const everyMonths =
  (n: number): Test =>
  ({ month }) =>
    (month - 1) % n === 0;
const always: Test = () => true;

const MINUTES = [1, 5, 10, 15, 30, 60, 120, 180, 360, 720].map(everyMinutes);
const HOURS = [1, 2, 3, 6, 12].map(everyHours);
const MONTHS = [1, 2, 3, 6, 12].map(everyMonths);

const STEPS: Record<Granularity, readonly Test[]> = {
  minute: [...MINUTES, midnight],
  hour: [...HOURS, midnight, mondayMidnight],
  day: [always, monday],
  week: [always],
  month: MONTHS,
};

/** Pixels that two labels must stay apart. */
const GAP = 14;

function fits(chosen: readonly number[], widths: readonly number[], x: (i: number) => number): boolean {
  return chosen.every((i, at) => {
    const before = chosen[at - 1];
    if (before === undefined) return true;
    return x(i) - x(before) >= ((widths[i] as number) + (widths[before] as number)) / 2 + GAP;
  });
}

/** Every n-th bucket counted back from the last one: for days and weeks where no calendar step fits. */
function* strides(count: number): Generator<number[]> {
  for (let n = 2; n <= count; n += 1) {
    yield Array.from({ length: count }, (_, i) => i).filter((i) => (count - 1 - i) % n === 0);
  }
}

/** Every second, third, fourth of some labels, counted back from the last. */
function* everyFewWeeks(mondays: readonly number[]): Generator<number[]> {
  for (let n = 2; n <= 4 && mondays.length > n; n += 1) {
    yield mondays.filter((_, i) => (mondays.length - 1 - i) % n === 0);
  }
}

function* candidates(labels: readonly AxisLabel[], granularity: Granularity): Generator<number[]> {
  for (const test of STEPS[granularity]) {
    const chosen = labels.flatMap((label, i) => (test(label.local) ? [i] : []));
    // One label says nothing about the scale: go on to strides rather than draw it alone.
    if (chosen.length > 1 || labels.length === 1) yield chosen;
    if (test === monday) yield* everyFewWeeks(chosen);
  }
  yield* strides(labels.length);
}

/**
 * Indices of the labels to draw. `x` gives the centre of a bucket in px and `right` the px at which text would be cut off.
 */
export function chooseTicks(
  labels: readonly AxisLabel[],
  granularity: Granularity,
  x: (index: number) => number,
  right: number,
): number[] {
  // Room for a year on any of them: which ones get it depends on the choice.
  const widths = labels.map((label) => textWidth(label.text, 12));
  const inside = (i: number) => x(i) + (widths[i] as number) / 2 <= right && x(i) - (widths[i] as number) / 2 >= 0;
  let single: number[] = [];
  for (const candidate of candidates(labels, granularity)) {
    const chosen = candidate.filter(inside);
    if (!fits(chosen, widths, x)) continue;
    if (chosen.length > 1 || labels.length === 1) return chosen;
    if (single.length === 0) single = chosen;
  }
  return single;
}
