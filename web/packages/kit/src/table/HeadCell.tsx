/** The head of a column, which sorts by it. */

import { Table, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowsSort, IconArrowUp } from '@tabler/icons-react';
import { kitWords } from '../words.ts';
import { cellProps } from './DataRow.tsx';
import type { Column } from './types.ts';
import { nextSort, readSort } from './view.ts';

interface Props<Row> {
  readonly column: Column<Row>;
  readonly sort: string | undefined;
  readonly sortable: boolean;
  readonly onSort: (sort: string | undefined) => void;
}

export function HeadCell<Row>({ column, sort, sortable, onSort }: Props<Row>) {
  const sorting = readSort(sort);
  const direction = sorting?.key === column.key ? (sorting.desc ? 'descending' : 'ascending') : 'none';
  if (!sortable) return <Table.Th {...cellProps(column)}>{column.title}</Table.Th>;
  const Icon = { none: IconArrowsSort, ascending: IconArrowUp, descending: IconArrowDown }[direction];
  return (
    <Table.Th {...cellProps(column)} aria-sort={direction}>
      <UnstyledButton
        className="kit-sort"
        data-on={direction !== 'none' || undefined}
        onClick={() => onSort(nextSort(sort, column.key))}
        title={kitWords.table.sortBy(column.title)}
      >
        {column.title}
        <Icon size={13} aria-hidden="true" />
      </UnstyledButton>
    </Table.Th>
  );
}
