/**
 * The one table of the console: sort, filter, pages by the server's cursor, selection with actions for all that is selected, a menu
 * for each row. What is looked at (`view`) belongs to the page, which keeps it in its address.
 */

import { Checkbox, Table, VisuallyHidden } from '@mantine/core';
import { useMemo } from 'react';
import { EmptyState, Failed } from '../states.tsx';
import { kitWords } from '../words.ts';
import { DataRow, SkeletonRows } from './DataRow.tsx';
import { HeadCell } from './HeadCell.tsx';
import { Pages } from './Pages.tsx';
import { Tools } from './Tools.tsx';
import type { DataTableProps, RowsModel } from './types.ts';
import { useRowKeys } from './use-row-keys.ts';
import { useRows } from './use-rows.ts';
import { shownRows, type TableView } from './view.ts';

const NONE: TableView = {};

function Head<Row>({ props, rows, select }: { props: DataTableProps<Row>; rows: RowsModel<Row>; select: boolean }) {
  const { columns, view = NONE, onView, menu, by = 'table' } = props;
  return (
    <Table.Thead>
      <Table.Tr>
        {select && (
          <Table.Th w={40}>
            <Checkbox
              size="xs"
              aria-label={kitWords.table.selectAll}
              checked={rows.all}
              indeterminate={rows.some && !rows.all}
              onChange={rows.toggleAll}
            />
          </Table.Th>
        )}
        {columns.map((column) => (
          <HeadCell
            key={column.key}
            column={column}
            sort={view.sort}
            sortable={column.sortable ?? (by === 'table' && column.value !== undefined)}
            onSort={(sort) => onView?.({ ...view, sort, cursor: undefined })}
          />
        ))}
        {menu && (
          <Table.Th w={48}>
            <VisuallyHidden>{kitWords.table.actions}</VisuallyHidden>
          </Table.Th>
        )}
      </Table.Tr>
    </Table.Thead>
  );
}

function Body<Row>({ props, model, select }: { props: DataTableProps<Row>; model: RowsModel<Row>; select: boolean }) {
  const { name, columns, rows, rowName, onOpen, menu } = props;
  const keys = useRowKeys(model.rows.length);
  if (rows === undefined) {
    return <SkeletonRows name={name} columns={columns} extra={Number(select) + Number(menu !== undefined)} />;
  }
  return (
    <Table.Tbody onKeyDown={keys.onKeyDown} onFocus={keys.onFocus} ref={keys.body}>
      {model.rows.map((row, at) => (
        <DataRow
          key={row.id}
          row={row}
          columns={columns}
          name={rowName(row.original.item)}
          select={select}
          tabIndex={onOpen ? (at === keys.current ? 0 : -1) : undefined}
          onOpen={onOpen}
          menu={menu}
        />
      ))}
    </Table.Tbody>
  );
}

function Nothing<Row>({ props }: { props: DataTableProps<Row> }) {
  const { view = NONE, empty, filters = [], rows } = props;
  const filtered = Boolean(view.q) || filters.some(({ key }) => view[key]);
  // A list by the server that is empty under a filter may have rows without it.
  if (filtered && (props.by === 'server' || rows?.length)) {
    return <EmptyState title={kitWords.table.nothingMatches(view.q ?? '')} />;
  }
  return empty ?? null;
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { name, columns, rows, view = NONE, by = 'table', bulk = [], rowId, error, retry, minWidth = 520 } = props;
  const shown = useMemo(
    () => (by === 'server' || !rows ? rows : shownRows(rows, columns, view)),
    [by, rows, columns, view],
  );
  const model = useRows(shown, rowId, view.sort);
  const select = bulk.length > 0;
  if (rows === undefined && error) return <Failed error={error} retry={retry} />;
  const bare = rows?.length === 0 && by === 'table';
  const nothing = shown?.length === 0;
  return (
    <div className="kit-table" data-busy={props.busy || undefined}>
      {!bare && <Tools props={props} model={model} shown={shown?.length} />}
      {error ? <Failed error={error} retry={retry} /> : null}
      {nothing ? (
        <Nothing props={props} />
      ) : (
        <div className="kit-table-scroll" data-scroll-restoration-id={`table-${name}`}>
          <Table
            className="kit-table-grid"
            verticalSpacing="xs"
            highlightOnHover={props.onOpen !== undefined}
            style={{ '--kit-table-min': `${minWidth}px` }}
            aria-label={name}
            aria-busy={rows === undefined || props.busy || undefined}
          >
            <Head props={props} rows={model} select={select} />
            <Body props={props} model={model} select={select} />
          </Table>
        </div>
      )}
      <Pages view={view} onView={props.onView} next={props.next} name={name} />
    </div>
  );
}
