import type { Widget } from '@emban/api/contract';
import { expect, it } from 'vitest';
import { targetIn } from './target.ts';

const at = (text: string) => Date.parse(`${text}Z`);
const widget = (target_period: Widget['target_period'], target = 90): Widget => ({
  ...{ id: 'w', title: 'Spend', kind: 'kpi', chart: 'progress', layout: { x: 0, y: 0, w: 3, h: 2 } },
  ...{ target, target_period: target_period ?? null },
});

it.each<[Widget['target_period'], string | null, string, string, number]>([
  // Without a period, the target is of whatever is shown.
  [null, '7d', '2026-11-22T00:00', '2026-11-28T15:00', 90],
  // Seven local days, today among them.
  ['day', '7d', '2026-11-22T00:00', '2026-11-28T15:00', 630],
  ['day', 'today', '2026-11-28T00:00', '2026-11-28T15:00', 90],
  ['day', '24h', '2026-11-27T15:00', '2026-11-28T15:00', 90],
  ['day', '1h', '2026-11-28T14:00', '2026-11-28T15:00', 3.75],
  ['week', 'this_week', '2026-11-23T00:00', '2026-11-24T01:00', 90],
  ['week', null, '2026-11-23T00:00', '2026-12-07T00:00', 180],
  ['month', 'this_month', '2026-11-01T00:00', '2026-11-03T12:00', 90],
  ['month', 'last_month', '2026-02-01T00:00', '2026-03-01T00:00', 90],
  ['month', null, '2026-02-01T00:00', '2026-02-15T00:00', 45],
  ['month', '30d', '2026-10-30T00:00', '2026-11-28T15:00', (90 * 2) / 31 + (90 * 28) / 30],
  ['year', 'this_year', '2028-01-01T00:00', '2028-03-01T00:00', 90],
  ['year', null, '2026-01-01T00:00', '2028-01-01T00:00', 180],
  ['day', 'this_month', '2026-11-01T00:00', '2026-11-03T12:00', 2700],
])('a target per %s, over %s from %s to %s, is %d', (unit, period, from, to, target) => {
  const local = { localFrom: at(from), localTo: at(to) };
  expect(targetIn(widget(unit), { from: 0, to: 1, ...local }, period)).toBeCloseTo(target, 6);
});

it.each([null, 0, -5])('there is none where it is %s', (target) => {
  expect(targetIn({ ...widget('day'), target }, { from: 0, to: 1 }, null)).toBeNull();
});
