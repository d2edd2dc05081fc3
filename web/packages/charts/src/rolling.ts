/** What a figure is called that is of more than its own bucket. */

import type { Granularity, Meta, Widget } from '@emban/api/contract';
import { formatValue } from './format/number.ts';
import { plain } from './format/unit.ts';
import { isGranularity } from './time/buckets.ts';

const BUCKETS: Readonly<Record<Granularity, string>> = {
  minute: 'minute',
  hour: 'hour',
  day: 'day',
  week: 'week',
  month: 'month',
};

/** `running total`, `7-day average` by the size of the answer's buckets; empty where every bucket stands for itself. */
export function rollingName({ query }: Widget, meta: Meta | undefined, locale: string): string {
  if (query?.cumulative) return 'running total';
  if (!query?.moving_average) return '';
  const size = [meta?.granularity, query.granularity].find(isGranularity);
  return size ? `${formatValue(query.moving_average, plain, locale)}-${BUCKETS[size]} average` : 'moving average';
}
