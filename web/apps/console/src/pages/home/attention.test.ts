import { expect, it } from 'vitest';
import { type Found, needsAttention } from './attention.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const FINE: Found = {
  alerts: [{ name: 'Latency', state: 'ok', problem: null }],
  dashboards: [{ id: 'd1', name: 'Usage', status: 'published', has_unpublished_changes: false }],
  keys: [
    { label: 'Backend', expires_at: null },
    { label: 'Long', expires_at: '2027-06-01T00:00:00Z' },
  ],
  meters: [
    { what: 'events', used: 79, limit: 100 },
    { what: 'queries', used: 5_000, limit: null },
  ],
  lastSeen: '2026-11-28T11:00:00Z',
};

const texts = (found: Partial<Found>) => needsAttention({ ...FINE, ...found }, NOW).map(({ text }) => text);

it('finds nothing where all is well', () => {
  expect(texts({})).toEqual([]);
  expect(texts({ lastSeen: undefined })).toEqual([]);
});

it('puts what is most pressing first', () => {
  const found = texts({
    alerts: [
      { name: 'Odd', state: 'unknown', problem: 'its widget is gone' },
      { name: 'Latency', state: 'firing', problem: null },
    ],
    dashboards: [
      { id: 'd1', name: 'Usage', status: 'published', has_unpublished_changes: true },
      { id: 'd2', name: 'New', status: 'draft', has_unpublished_changes: true },
    ],
    meters: [
      { what: 'events', used: 100, limit: 100 },
      { what: 'queries', used: 85.9, limit: 100 },
    ],
    keys: [
      { label: 'Old', expires_at: '2026-11-28T11:59:59Z' },
      { label: 'Soon', expires_at: '2026-12-01T00:00:00Z' },
    ],
    lastSeen: '2026-11-26T00:00:00Z',
  });
  expect(found).toEqual([
    'Alert “Latency” is firing',
    'This month’s events are used up',
    'The key “Old” has ended',
    'Alert “Odd” cannot be evaluated',
    '85 % of this month’s queries are used',
    'The key “Soon” ends soon',
    'No events for a day',
    '“Usage” has unpublished changes',
  ]);
});
