import type { Period } from '@emban/api/contract';
import { expect, it } from 'vitest';
import { endsNow, type PeriodFacts, periodFacts, periodName, readPeriod, wholeDays } from './periods.ts';

const day = (text: string) => Date.parse(`${text}T00:00:00Z`);
/** A Friday. */
const TODAY = day('2026-11-27');

it.each<[Period, string, string]>([
  ['1h', 'Last hour', '1 hour'],
  ['24h', 'Last 24 hours', '24 hours'],
  ['today', 'Today', 'Today'],
  ['yesterday', 'Yesterday', 'Yesterday'],
  ['7d', 'Last 7 days', '7 days'],
  ['this_week', 'This week', 'This week'],
  ['last_week', 'Last week', 'Last week'],
  ['30d', 'Last 30 days', '30 days'],
  ['this_month', 'This month', 'This month'],
  ['last_month', 'Last month', 'Last month'],
  ['90d', 'Last 90 days', '90 days'],
  ['this_year', 'This year', 'This year'],
])('%s is %s', (period, name, short) => {
  expect(periodName(period)).toBe(name);
  expect(periodName(period, 'en', 'short')).toBe(short);
});

it('writes numbers in the digits of the locale', () => {
  expect(periodName('30d', 'ar-EG')).toBe('Last ٣٠ days');
});

it.each<[Period, string, string, string | null]>([
  ['24h', '2026-11-27', '2026-11-27', null],
  ['today', '2026-11-27', '2026-11-27', null],
  ['yesterday', '2026-11-27', '2026-11-26', '2026-11-26'],
  ['yesterday', '2026-01-01', '2025-12-31', '2025-12-31'],
  ['7d', '2026-11-27', '2026-11-21', null],
  ['30d', '2026-11-27', '2026-10-29', null],
  ['90d', '2026-11-27', '2026-08-30', null],
  ['this_week', '2026-11-27', '2026-11-23', null],
  ['this_week', '2026-11-23', '2026-11-23', null],
  ['this_week', '2026-11-29', '2026-11-23', null],
  ['last_week', '2026-11-27', '2026-11-16', '2026-11-22'],
  ['this_month', '2026-11-27', '2026-11-01', null],
  ['last_month', '2026-11-27', '2026-10-01', '2026-10-31'],
  ['last_month', '2026-01-31', '2025-12-01', '2025-12-31'],
  ['this_year', '2026-11-27', '2026-01-01', null],
])('%s on %s is of the days from %s to %s', (period, today, first, last) => {
  expect(wholeDays(period, day(today))).toEqual({ first: day(first), last: last && day(last) });
  expect(endsNow(period, day(today))).toBe(last === null);
});

it('has no whole day in the last hour, which ends now', () => {
  expect(wholeDays('1h', TODAY)).toBeNull();
  expect(endsNow('1h', TODAY)).toBe(true);
});

it.each(['', '8d', 'toString', '__proto__', '7D', 'Today'])('makes nothing up for %s', (text) => {
  const reads: ((text: string) => unknown)[] = [readPeriod, periodFacts, periodName, (one) => wholeDays(one, TODAY)];
  for (const read of reads) expect(() => read(text)).toThrow(RangeError);
});

it('needs facts for every period that the API has', () => {
  // @ts-expect-error -- one is missing: it would be a silent default.
  const some: Record<Period, PeriodFacts> = { '7d': periodFacts('7d') };
  expect(Object.keys(some)).toEqual(['7d']);
});
