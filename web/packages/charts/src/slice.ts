/** The slice of a widget that a point of its picture stands for: what a drill asks for. */

import type { Widget } from '@emban/api/contract';
import { wallEnd } from './time/buckets.ts';
import type { Window } from './time/wall.ts';
import type { TimeseriesView } from './timeseries.ts';

export interface Slice {
  readonly dimension: string;
  /** Empty for events that do not have the dimension. */
  readonly value: string;
  /** One bucket of the window; absent where the slice spans all of it. */
  readonly bucket?: Window;
}

/** The one dimension that a widget can be sliced by; null where it groups by none, or by several. */
export function sliceDimension(widget: Widget): string | null {
  const [dimension, ...more] = widget.query?.group_by ?? [];
  return dimension !== undefined && more.length === 0 ? dimension : null;
}

/** A bucket ends where the next one begins, the last one with the window: nobody's zone tables are asked. */
function bucketOf({ matrix, walls, granularity, window }: TimeseriesView, index: number, from: number): Window {
  const localFrom = walls[index] ?? null;
  const localTo = localFrom === null ? null : (walls[index + 1] ?? wallEnd(localFrom, granularity));
  return { from, to: matrix.starts[index + 1] ?? Math.max(from + 1, window.to), localFrom, localTo };
}

/** The slice of series `at` of `view.shown` in bucket `index`; null where there is nothing to look into. */
export function timeseriesSlice(view: TimeseriesView, widget: Widget, index: number, at: number): Slice | null {
  const dimension = sliceDimension(widget);
  const series = view.shown[at]?.series;
  const from = view.matrix.starts[index];
  if (dimension === null || !series || series.other || from === undefined || !series.values[index]) return null;
  const [value] = JSON.parse(series.key) as (string | null)[];
  return { dimension, value: value ?? '', bucket: bucketOf(view, index, from) };
}
