import { expect, it } from 'vitest';
import { nextSort, readSort, shownRows, type TableView } from './view.ts';

interface Row {
  readonly name: string;
  readonly count: number | null;
}

const COLUMNS = [
  { key: 'name', value: (row: Row) => row.name },
  { key: 'count', value: (row: Row) => row.count },
];
const ROWS: Row[] = [
  { name: 'Item 10', count: 5 },
  { name: 'item 2', count: null },
  { name: 'Other', count: 40 },
];
const names = (view: TableView) => shownRows(ROWS, COLUMNS, view).map(({ name }) => name);

it('sorts as people do, and leaves what is nothing at the end', () => {
  expect(names({ sort: 'name' })).toEqual(['item 2', 'Item 10', 'Other']);
  expect(names({ sort: '-count' })).toEqual(['Other', 'Item 10', 'item 2']);
  expect(names({ sort: 'count' })).toEqual(['Item 10', 'Other', 'item 2']);
  expect(names({ sort: 'unknown' })).toEqual(['Item 10', 'item 2', 'Other']);
});

it('finds text in any column', () => {
  expect(names({ q: ' ITEM ' })).toEqual(['Item 10', 'item 2']);
  expect(names({ q: '40' })).toEqual(['Other']);
});

it('goes up, down, and back to the order of the rows', () => {
  expect(nextSort(undefined, 'a')).toBe('a');
  expect(nextSort('a', 'a')).toBe('-a');
  expect(nextSort('-a', 'a')).toBeUndefined();
  expect(nextSort('b', 'a')).toBe('a');
  expect(readSort('-a')).toEqual({ key: 'a', desc: true });
});
