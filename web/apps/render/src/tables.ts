/** Tables on paper: columns as wide as what stands in them, as far as there is room. */

import type { TableView } from '@emban/charts';
import { fit, measure } from './measure.ts';
import { CELL_PADDING, SMALL, TEXT } from './sizes.ts';
import { type Column, type Table, words } from './view.ts';

const MOST_TEXT = 320;
const LEAST = 44;
/** Many columns are set smaller before they are cut. */
const LEAST_SIZE = 9;

interface Wanted {
  readonly width: number;
  readonly numeric: boolean;
}

function wantedWidths(view: TableView, size: number): Wanted[] {
  return view.columns.map((column, at) => {
    const head = measure(column.title, (size * SMALL) / TEXT, true);
    const cells = view.rows.reduce((most, row) => Math.max(most, measure(row[at]?.text ?? '', size)), 0);
    const width = column.numeric ? Math.max(head, cells) : Math.min(MOST_TEXT, Math.max(head, cells));
    return { width: Math.max(LEAST, Math.ceil(width) + CELL_PADDING + 2), numeric: column.numeric };
  });
}

const total = (widths: readonly { readonly width: number }[]) => widths.reduce((sum, { width }) => sum + width, 0);

/** Widths that fill `room`: spare room is spread evenly, missing room is taken from text first. */
function spread(wanted: readonly Wanted[], room: number): number[] {
  const spare = room - total(wanted);
  if (spare >= 0) return wanted.map(({ width }) => width + spare / Math.max(1, wanted.length));
  const text = wanted.filter(({ numeric }) => !numeric);
  const slack = text.reduce((sum, { width }) => sum + width - LEAST, 0);
  if (slack + spare < 0) return wanted.map(({ width }) => (width * room) / total(wanted));
  return wanted.map(({ width, numeric }) => (numeric ? width : width + (spare * (width - LEAST)) / slack));
}

/** A table in so much room; `rows` of it at most, and cut to single lines where it stands in a card of a fixed height. */
export function layTable(view: TableView, room: number, rows: number, cut: boolean): Table {
  const shown: TableView = { ...view, rows: view.rows.slice(0, rows) };
  let size = TEXT;
  while (
    size > LEAST_SIZE &&
    total(wantedWidths(shown, size).map((one) => (one.numeric ? one : { width: LEAST * 1.5 }))) > room
  )
    size -= 1;
  const widths = spread(wantedWidths(shown, size), room);
  const columns = view.columns.map(({ title, kind, numeric }, at): Column => {
    const width = widths[at] ?? 0;
    const text = fit(title, width - CELL_PADDING, (size * SMALL) / TEXT, true);
    return { title: words(cut ? text : title, kind), numeric, width };
  });
  const cells = shown.rows.map((row) =>
    row.map((cell, at) => {
      const width = (widths[at] ?? 0) - CELL_PADDING;
      return words(cut ? fit(cell.text, width, size) : cell.text, cell.kind);
    }),
  );
  return { kind: 'table', columns, rows: cells, size };
}
