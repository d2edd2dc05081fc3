/** What a card says of its figures in small: how exact they are, what was left out. */

import type { Meta } from '@emban/api/contract';
import type { ChartContext } from './context.ts';
import { formatValue } from './format/number.ts';
import { plain } from './format/unit.ts';
import { beforeLabel } from './timeseries-time.ts';

/** How far off approximate percentiles may be; empty where all figures are exact. */
export function errorNote(meta: Meta | undefined, locale: string): string {
  const { relative_error: error } = meta ?? {};
  if (!error) return '';
  const within = new Intl.NumberFormat(locale, { style: 'percent', maximumSignificantDigits: 2 }).format(error);
  return `Percentiles are approximate, within ${within}`;
}

/** The buckets of the window before that stand beside none, as the last of January do beside February's. */
export function unpairedNote(meta: Meta | undefined, context: ChartContext): string {
  const count = meta?.previous_unpaired ?? 0;
  if (!meta || count < 1) return '';
  const bucket = meta.granularity ?? 'bucket';
  const last = count === 1 ? `last ${bucket}` : `last ${formatValue(count, plain, context.locale)} ${bucket}s`;
  return `Not drawn: the ${last} of ${beforeLabel(meta, context)}, with nothing beside ${count === 1 ? 'it' : 'them'}.`;
}
