/** The slice of a widget that a point of its picture stands for: what a drill asks for. */

import type { Widget } from '@emban/api/contract';
import { wallEnd } from './time/buckets.ts';
import type { Window } from './time/wall.ts';
import type { TimeseriesView } from './timeseries.ts';

/** One bucket of a window, as far as the window goes, and how it reads. */
export interface Bucket extends Window {
  readonly name: string;
}

export interface Slice {
  readonly dimension: string;
  /** Empty for events that do not have the dimension. */
  readonly value: string;
  /** One bucket of the window; absent where the slice spans all of it. */
  readonly bucket?: Bucket;
}

/** The one dimension that a widget can be sliced by; null where it groups by none, or by several. */
export function sliceDimension(widget: Widget): string | null {
  const [dimension, ...more] = widget.query?.group_by ?? [];
  return dimension !== undefined && more.length === 0 ? dimension : null;
}

/**
 * A bucket ends where the next one begins: nobody's zone tables are asked. What of the first and of the last one is outside of the window is in
 * no figure of it, and a session that is held to periods may not ask for it.
 */
function bucketOf(view: TimeseriesView, index: number, start: number): Bucket {
  const { matrix, walls, granularity, window } = view;
  const wall = walls[index] ?? 0;
  const from = Math.max(start, window.from);
  const to = Math.max(from + 1, Math.min(matrix.starts[index + 1] ?? window.to, window.to));
  return {
    ...{ from, to, name: view.name(index) },
    localFrom: from === start ? wall : (window.localFrom ?? null),
    localTo: to === window.to ? (window.localTo ?? null) : (walls[index + 1] ?? wallEnd(wall, granularity)),
  };
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
