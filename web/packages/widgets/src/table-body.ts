/** A table in a card: sticky head, sorted by any column. */

import type { TableView } from '@emban/charts';
import { h, icon } from './dom.ts';
import { nameClass, nameText } from './name.ts';

interface Sorting {
  readonly column: number;
  readonly ascending: boolean;
}

type Row = TableView['rows'][number];

function compare(one: string | number | null, other: string | number | null): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return String(one).localeCompare(String(other), undefined, { numeric: true });
}

const isRest = (row: Row) => row.some((cell) => cell.kind === 'other');

/** Rows by a column; values that do not exist come last, whichever way it goes, and after them the row that sums up the rest. */
export function sortRows(rows: readonly Row[], sorting: Sorting | null): readonly Row[] {
  if (!sorting) return rows;
  const { column, ascending } = sorting;
  return [...rows].sort((a, b) => {
    if (isRest(a) !== isRest(b)) return Number(isRest(a)) - Number(isRest(b));
    const [one, other] = [a[column]?.sort ?? null, b[column]?.sort ?? null];
    const order = compare(one, other);
    return ascending || one === null || other === null ? order : -order;
  });
}

export class TableBody {
  readonly element = h('div', { class: 'ew-table-scroll', tabindex: 0, role: 'region' });
  private view: TableView | null = null;
  private sorting: Sorting | null = null;

  constructor(title: string) {
    this.element.setAttribute('aria-label', `${title}, table`);
  }

  update(view: TableView): void {
    this.view = view;
    if (this.sorting && this.sorting.column >= view.columns.length) this.sorting = null;
    this.render();
  }

  private sortBy(column: number): void {
    const numeric = this.view?.columns[column]?.numeric === true;
    const same = this.sorting?.column === column;
    // Largest first for numbers, A to Z for words; a second click turns it round.
    this.sorting = { column, ascending: same ? !this.sorting?.ascending : !numeric };
    this.render();
    (this.element.querySelectorAll('th button')[column] as HTMLElement | undefined)?.focus();
  }

  private head(view: TableView): HTMLElement {
    const cells = view.columns.map((column, i) => {
      const sorted = this.sorting?.column === i ? (this.sorting.ascending ? 'ascending' : 'descending') : null;
      const arrow = sorted ? icon(sorted === 'ascending' ? 'up' : 'down') : null;
      const button = h(
        'button',
        { type: 'button', class: nameClass('ew-sort', column), onclick: () => this.sortBy(i) },
        h('bdi', {}, ...nameText(column.title, column)),
        arrow,
      );
      return h('th', { scope: 'col', class: column.numeric ? 'ew-number' : '', 'aria-sort': sorted }, button);
    });
    return h('thead', {}, h('tr', {}, ...cells));
  }

  private render(): void {
    const { view } = this;
    if (!view) return;
    const rows = sortRows(view.rows, this.sorting).map((row) =>
      h(
        'tr',
        {},
        ...row.map((cell, i) => {
          const named = nameClass(view.columns[i]?.numeric ? 'ew-number' : 'ew-text', cell);
          return h('td', { class: named, title: cell.full || null }, ...nameText(cell.text, cell));
        }),
      ),
    );
    this.element.replaceChildren(h('table', { class: 'ew-table' }, this.head(view), h('tbody', {}, ...rows)));
  }
}
