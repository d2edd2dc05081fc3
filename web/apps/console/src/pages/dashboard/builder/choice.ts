/** What is looked at, from the address, with the dashboard's own defaults filled in. */

import { isPeriod } from '@emban/charts';
import { useMemo } from 'react';
import { useBuilderSearch } from './builder-search.ts';
import type { Filters } from './core/doc.ts';
import type { Choice } from './core/question.ts';

export const USUAL_PERIODS: readonly string[] = ['24h', '7d', '30d', '90d'];

export const periodsOf = ({ periods }: Filters): readonly string[] => (periods?.length ? periods : USUAL_PERIODS);

export function defaultPeriod(filters: Filters): string {
  const periods = periodsOf(filters);
  const chosen = filters.default_period;
  if (chosen && periods.includes(chosen)) return chosen;
  return periods.includes('30d') ? '30d' : (periods.at(-1) ?? '30d');
}

export function useChoice(filters: Filters): Choice {
  const [{ tenant, period, where }] = useBuilderSearch();
  const usual = defaultPeriod(filters);
  const timezone = filters.timezone ?? 'UTC';
  return useMemo(
    () => ({
      tenant: tenant ?? null,
      period: period && isPeriod(period) ? period : usual,
      timezone,
      filters: where ?? {},
    }),
    [tenant, period, usual, timezone, where],
  );
}
