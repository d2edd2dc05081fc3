/** What of a table is looked at: sort, filter, page. Kept by the page in its address. Pure. */

export interface TableView {
  /** A column's key; `-` before it for the other direction. */
  readonly sort?: string | undefined;
  /** Text that rows must contain. */
  readonly q?: string | undefined;
  /** Where the shown page begins, as the server says it. */
  readonly cursor?: string | undefined;
  /** Chosen values by the key of their filter. */
  readonly [filter: string]: string | undefined;
}

export type CellValue = string | number | boolean | null | undefined;

/** The part of a column that sorting and filtering read. */
export interface ValueColumn<Row> {
  readonly key: string;
  /** What the column is sorted and found by. */
  readonly value?: (row: Row) => CellValue;
}

const COLLATOR = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Nothing stands at the end, whatever the direction. */
function compareValues(one: CellValue, other: CellValue, sign: 1 | -1): number {
  const [noOne, noOther] = [one === null || one === undefined, other === null || other === undefined];
  if (noOne || noOther) return Number(noOne) - Number(noOther);
  if (typeof one === 'number' && typeof other === 'number') return sign * (one - other);
  return sign * COLLATOR.compare(String(one), String(other));
}

export interface Sorting {
  readonly key: string;
  readonly desc: boolean;
}

export function readSort(sort: string | undefined): Sorting | null {
  if (!sort) return null;
  return sort.startsWith('-') ? { key: sort.slice(1), desc: true } : { key: sort, desc: false };
}

/** The next state of a column's head: up, down, and as the rows came. */
export function nextSort(sort: string | undefined, key: string): string | undefined {
  if (sort === key) return `-${key}`;
  return sort === `-${key}` ? undefined : key;
}

/** Rows that contain the text, in the order asked for; for lists that are loaded as a whole. Rows of equal value keep their order. */
export function shownRows<Row>(rows: readonly Row[], columns: readonly ValueColumn<Row>[], view: TableView): Row[] {
  const wanted = view.q?.trim().toLowerCase();
  const found = wanted
    ? rows.filter((row) =>
        columns.some(({ value }) =>
          String(value?.(row) ?? '')
            .toLowerCase()
            .includes(wanted),
        ),
      )
    : [...rows];
  const sorting = readSort(view.sort);
  const by = columns.find(({ key }) => key === sorting?.key)?.value;
  if (!sorting || !by) return found;
  const sign = sorting.desc ? -1 : 1;
  return found.sort((one, other) => compareValues(by(one), by(other), sign));
}
