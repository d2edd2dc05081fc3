/** The slice of a widget that a point of its picture stands for: what a drill asks for. */

import type { Widget } from '@emban/api/contract';
import { bucketEnd } from './time/buckets.ts';
import type { TimeseriesView } from './timeseries.ts';

export interface Slice {
  readonly dimension: string;
  /** Empty for events that do not have the dimension. */
  readonly value: string;
  /** The half-open bucket [from, to) in ms since the epoch; absent where the slice spans the whole window. */
  readonly bucket?: { readonly from: number; readonly to: number };
}

/** The one dimension that a widget can be sliced by; null where it groups by none, or by several. */
export function sliceDimension(widget: Widget): string | null {
  const [dimension, ...more] = widget.query?.group_by ?? [];
  return dimension !== undefined && more.length === 0 ? dimension : null;
}

/** The slice of series `at` of `view.shown` in bucket `index`; null where there is nothing to look into. */
export function timeseriesSlice(
  view: TimeseriesView,
  widget: Widget,
  index: number,
  at: number,
  timezone: string,
): Slice | null {
  const dimension = sliceDimension(widget);
  const series = view.shown[at]?.series;
  const from = view.matrix.starts[index];
  if (dimension === null || !series || series.other || from === undefined || !series.values[index]) return null;
  const [value] = JSON.parse(series.key) as (string | null)[];
  return { dimension, value: value ?? '', bucket: { from, to: bucketEnd(from, view.granularity, timezone) } };
}
