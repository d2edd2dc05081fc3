/** One row of a table, and the rows that stand in its place while it is loaded. */

import { Checkbox, Skeleton, Table } from '@mantine/core';
import type { Row as TableRow } from '@tanstack/react-table';
import type { KeyboardEvent, MouseEvent } from 'react';
import { useLate } from '../late.ts';
import { type Action, ActionMenu } from '../menu.tsx';
import { kitWords } from '../words.ts';
import type { Column, Features } from './types.ts';

interface Props<Row> {
  readonly row: TableRow<Features, { item: Row }>;
  readonly columns: readonly Column<Row>[];
  readonly name: string;
  readonly select: boolean;
  readonly tabIndex: number | undefined;
  readonly onOpen: ((row: Row) => void) | undefined;
  readonly menu: ((row: Row) => readonly (Action | null | false | undefined)[]) | undefined;
}

/** Links, buttons and boxes within a row have actions of their own. */
function isControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest('a, button, input, label, [role=menu]') !== null;
}

export function cellProps<Row>({ align, wide, width }: Column<Row>) {
  return {
    ...(align === 'end' ? { ta: 'end' as const, className: wide ? 'tabular kit-wide' : 'tabular' } : {}),
    ...(wide && align !== 'end' ? { className: 'kit-wide' } : {}),
    ...(width === undefined ? {} : { w: width }),
  };
}

export function DataRow<Row>({ row, columns, name, select, tabIndex, onOpen, menu }: Props<Row>) {
  const { item } = row.original;
  const open = (event: MouseEvent) => {
    const marked = window.getSelection()?.toString();
    if (!isControl(event.target) && !marked) onOpen?.(item);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    if (event.key === 'Enter') onOpen?.(item);
    if (event.key === ' ' && select) {
      event.preventDefault();
      row.toggleSelected();
    }
  };
  return (
    <Table.Tr
      tabIndex={tabIndex}
      data-opens={onOpen ? true : undefined}
      data-selected={row.getIsSelected() || undefined}
      onClick={onOpen && open}
      onKeyDown={onKeyDown}
    >
      {select && (
        <Table.Td>
          <Checkbox
            size="xs"
            aria-label={kitWords.table.select(name)}
            checked={row.getIsSelected()}
            onChange={row.getToggleSelectedHandler()}
          />
        </Table.Td>
      )}
      {columns.map((column) => (
        <Table.Td key={column.key} {...cellProps(column)}>
          {column.cell(item)}
        </Table.Td>
      ))}
      {menu && (
        <Table.Td ta="end" py={0}>
          <ActionMenu actions={menu(item)} label={kitWords.table.actionsFor(name)} subtle />
        </Table.Td>
      )}
    </Table.Tr>
  );
}

/** How many rows a table had when it was last seen: as many stand in their place. */
const lastCounts = new Map<string, number>();
const FIRST_COUNT = 5;

export function rememberCount(name: string, count: number): void {
  lastCounts.set(name, count);
}

export function SkeletonRows<Row>({
  name,
  columns,
  extra,
}: {
  name: string;
  columns: readonly Column<Row>[];
  extra: number;
}) {
  const late = useLate(true);
  const places = Array.from({ length: Math.max(1, lastCounts.get(name) ?? FIRST_COUNT) }, (_, i) => `row-${i}`);
  const more = Array.from({ length: extra }, (_, i) => `extra-${i}`);
  return (
    <Table.Tbody className={late ? '' : 'kit-early'}>
      {places.map((place) => (
        <Table.Tr key={place}>
          {columns.map((column) => (
            <Table.Td key={column.key} {...cellProps(column)}>
              <Skeleton height={14} my={3} width="70%" />
            </Table.Td>
          ))}
          {more.map((one) => (
            <Table.Td key={one} />
          ))}
        </Table.Tr>
      ))}
    </Table.Tbody>
  );
}
