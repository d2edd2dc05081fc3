import type { TableCell } from '@emban/charts';
import { expect, it } from 'vitest';
import { sortRows } from './table-body.ts';

const row = (name: string, value: number | null, kind: TableCell['kind'] = 'value'): TableCell[] => [
  { text: name, full: name, kind, sort: name },
  { text: '', full: '', sort: value },
];

it.each([
  [0, true],
  [0, false],
  [1, true],
  [1, false],
])('by column %i, ascending %s: the row that sums up the rest is last', (column, ascending) => {
  const rows = [row('b', 2), row('Other', 5, 'other'), row('“Other”', 4), row('z', null), row('(none)', 1, 'none')];
  const sorted = sortRows(rows, { column, ascending }).map(([cell]) => cell?.text);
  expect(sorted.at(-1)).toBe('Other');
  expect(sorted).toHaveLength(5);
  if (column === 1) expect(sorted.at(-2)).toBe('z');
});
