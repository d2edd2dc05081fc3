import { expect, it } from 'vitest';
import { ago } from './time.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');

it('says times as people do', () => {
  expect(ago('2026-11-28T11:59:30Z', NOW)).toBe('just now');
  expect(ago('2026-11-28T11:57:00Z', NOW)).toBe('3 minutes ago');
  expect(ago('2026-11-27T12:00:00Z', NOW)).toBe('yesterday');
  expect(ago('2026-11-30T12:00:00Z', NOW)).toBe('in 2 days');
  expect(ago('2024-11-01T12:00:00Z', NOW)).toBe('2 years ago');
});
