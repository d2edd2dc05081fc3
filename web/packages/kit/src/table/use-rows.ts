/** The table's rows and which of them are selected, kept by TanStack Table. Order and filter come from outside. */

import { type RowSelectionState, useTable } from '@tanstack/react-table';
import { useEffect, useMemo, useState } from 'react';
import { features, type RowsModel } from './types.ts';

/** Cells are drawn by our own columns; the library keeps rows and selection. */
const NO_COLUMNS: never[] = [];

export function useRows<Row>(
  rows: readonly Row[] | undefined,
  rowId: (row: Row) => string,
  order: unknown,
): RowsModel<Row> {
  const data = useMemo(() => (rows ?? []).map((item) => ({ item })), [rows]);
  const [rowSelection, setRowSelection] = useState<RowSelectionState>({});
  const table = useTable({
    features,
    columns: NO_COLUMNS,
    data,
    getRowId: ({ item }: { item: Row }) => rowId(item),
    state: { rowSelection },
    onRowSelectionChange: setRowSelection,
  });
  const ids = data.map(({ item }) => rowId(item)).join(' ');
  // What is not in sight is not selected: an action for all must not reach rows that nobody sees.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the ids stand for the rows.
  useEffect(() => {
    const here = new Set(ids.split(' '));
    setRowSelection((before) => {
      const kept = Object.entries(before).filter(([id]) => here.has(id));
      return kept.length === Object.keys(before).length ? before : Object.fromEntries(kept);
    });
  }, [ids, order]);
  return {
    rows: table.getRowModel().rows,
    selected: data.filter(({ item }) => rowSelection[rowId(item)]).map(({ item }) => item),
    all: table.getIsAllRowsSelected(),
    some: table.getIsSomeRowsSelected(),
    toggleAll: () => table.toggleAllRowsSelected(),
    clear: () => setRowSelection({}),
  };
}
