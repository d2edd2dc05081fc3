/** Points of an answer as aligned series: every series has a value or a gap for every bucket. */

import type { Point, QueryShape, Widget } from '@emban/api/contract';
import { humanise } from './format/unit.ts';
import { groupName, type Name, type NameKind, otherName } from './naming.ts';

/** More lines than this cannot be told apart; the rest goes into "other". */
export const MOST_SERIES = 6;

export interface Series {
  /** Stable over answers: what legends and colours are kept by. */
  readonly key: string;
  readonly name: string;
  readonly kind: NameKind;
  /** `name` for people who do not see how it is set. */
  readonly spoken: string;
  readonly other: boolean;
  readonly values: readonly (number | null)[];
  readonly previous: readonly (number | null)[];
}

export interface Matrix {
  /** Bucket starts in ms, ascending; empty without granularity. */
  readonly starts: readonly number[];
  /** The local date or time of each start as the server tells it; null where it does not. */
  readonly locals: readonly (string | null)[];
  readonly series: readonly Series[];
  /** Groups that are not drawn because they cannot be added up (an average of averages would be a lie). */
  readonly omitted: number;
}

/** Metrics whose values may be added up over groups, and over buckets unless `isRolling`. */
export function isAdditive(query: QueryShape | undefined): boolean {
  return query?.metric === 'count' || query?.metric === 'sum';
}

/** Whether a bucket's figure is of other buckets, too. */
export function isRolling(query: QueryShape | undefined): boolean {
  return query?.cumulative === true || typeof query?.moving_average === 'number';
}

/** The dimensions that a widget groups by; their name is what colours are kept under. */
export function dimensionOf(widget: Widget): string {
  return (widget.query?.group_by ?? []).join(' × ');
}

export function groupKey(point: Pick<Point, 'group' | 'other' | 'series'>): string {
  if (typeof point.series === 'string') return `\u0000series ${point.series}`;
  return point.other ? '\u0000other' : JSON.stringify(point.group);
}

/** What one of several figures is called. */
export function figureTitle(query: QueryShape | undefined, name: string): string {
  return query?.series?.find((one) => one.name === name)?.title ?? humanise(name);
}

function nameOf(point: Point, query: QueryShape | undefined): Name {
  if (typeof point.series !== 'string') return point.other === true ? otherName : groupName(point.group);
  const title = figureTitle(query, point.series);
  return { text: title, kind: 'value', spoken: title };
}

const asSeries = ({ text: name, kind, spoken }: Name) => ({ name, kind, spoken });

function add(one: number | null, other: number | null): number | null {
  if (one === null) return other;
  return other === null ? one : one + other;
}

const weight = (series: Series) => series.values.reduce<number>((sum, value) => sum + Math.abs(value ?? 0), 0);

/** One series out of several, bucket by bucket. */
export function addUp(all: readonly Series[]): Series {
  const columns = (pick: (series: Series) => readonly (number | null)[]) => {
    const length = Math.max(0, ...all.map((series) => pick(series).length));
    return Array.from({ length }, (_, i) =>
      all.reduce<number | null>((sum, one) => add(sum, pick(one)[i] ?? null), null),
    );
  };
  return {
    key: '\u0000other',
    ...asSeries(otherName),
    other: true,
    values: columns((series) => series.values),
    previous: columns((series) => series.previous),
  };
}

/** Buckets × groups or figures, in the order in which they first appear. */
export function toMatrix(points: readonly Point[], query?: QueryShape): Omit<Matrix, 'omitted'> {
  const instants = new Map<number, string | null>();
  for (const { t, local } of points) if (t !== null) instants.set(Date.parse(t), local ?? null);
  const starts = [...instants.keys()].sort((a, b) => a - b);
  const locals = starts.map((start) => instants.get(start) ?? null);
  const place = new Map(starts.map((start, i) => [start, i]));
  const length = Math.max(1, starts.length);
  const found = new Map<string, Series & { values: (number | null)[]; previous: (number | null)[] }>();
  for (const point of points) {
    const key = groupKey(point);
    let series = found.get(key);
    if (!series) {
      const empty = () => new Array<number | null>(length).fill(null);
      const name = asSeries(nameOf(point, query));
      series = { key, ...name, other: point.other === true, values: empty(), previous: empty() };
      found.set(key, series);
    }
    const at = point.t === null ? 0 : (place.get(Date.parse(point.t)) ?? 0);
    series.values[at] = point.value;
    series.previous[at] = point.previous_value ?? null;
  }
  return { starts, locals, series: [...found.values()] };
}

/** The largest `most` series, heaviest first, "other" last and holding the rest where it can be added up. */
export function largest(
  all: readonly Series[],
  additive: boolean,
  most: number,
): { series: Series[]; omitted: number } {
  const own = all.filter((series) => !series.other).sort((a, b) => weight(b) - weight(a));
  const given = all.filter((series) => series.other);
  // One slot is needed for "other" as soon as there is something to put into it.
  const spill = own.length > most || (given.length > 0 && own.length >= most);
  const room = spill && (additive || given.length > 0) ? most - 1 : most;
  const kept = own.slice(0, room);
  const rest = own.slice(room);
  if (!additive) return { series: [...kept, ...given], omitted: rest.length };
  const other = [...rest, ...given];
  return { series: other.length ? [...kept, addUp(other)] : kept, omitted: 0 };
}

export function matrixOf(widget: Widget, points: readonly Point[]): Matrix {
  const { starts, locals, series } = toMatrix(points, widget.query);
  // Figures that somebody put side by side are all drawn, as they were put.
  if (points.some((point) => typeof point.series === 'string')) return { starts, locals, series, omitted: 0 };
  return { starts, locals, ...largest(series, isAdditive(widget.query), MOST_SERIES) };
}
