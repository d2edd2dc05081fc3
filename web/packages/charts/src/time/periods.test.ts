import { expect, it } from 'vitest';
import { periodFacts, periodName, previousName, readPeriod } from './periods.ts';

it.each([
  ['1h', 'Last hour', 'previous hour', 1],
  ['24h', 'Last 24 hours', 'previous 24 hours', 24],
  ['7d', 'Last 7 days', 'previous 7 days', 168],
  ['30d', 'Last 30 days', 'previous 30 days', 720],
  ['90d', 'Last 90 days', 'previous 90 days', 2160],
])('%s is %s', (period, name, previous, hours) => {
  expect(periodName(period)).toBe(name);
  expect(previousName(period)).toBe(previous);
  expect(periodFacts(period).hours).toBe(hours);
});

it('compares a range of days with the period before', () => {
  expect(previousName(null)).toBe('the period before');
});

it.each(['', '8d', 'toString', '__proto__', '7D'])('makes nothing up for %s', (text) => {
  for (const read of [readPeriod, periodFacts, periodName, previousName]) expect(() => read(text)).toThrow(RangeError);
});
