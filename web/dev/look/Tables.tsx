/** The table in its states. */

import { ApiFailure } from '@emban/api';
import { type Column, DataTable, EmptyState, type TableView, Time } from '@emban/kit';
import { Badge } from '@mantine/core';
import { useState } from 'react';
import { Part, State } from './Part.tsx';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly calls: number;
  readonly at: string;
}

const ROWS: Row[] = Array.from({ length: 14 }, (_, i) => ({
  id: `row-${i}`,
  name: `Dashboard ${i + 1}`,
  calls: (i * 7919) % 1000,
  at: new Date(Date.UTC(2026, 10, 28) - i * 86_400_000).toISOString(),
}));
const COLUMNS: Column<Row>[] = [
  { key: 'name', title: 'Name', value: ({ name }) => name, cell: ({ name }) => <b>{name}</b> },
  { key: 'calls', title: 'Calls', value: ({ calls }) => calls, cell: ({ calls }) => calls, align: 'end' },
  { key: 'state', title: 'Status', cell: () => <Badge variant="dot">Draft</Badge> },
  { key: 'at', title: 'Changed', value: ({ at }) => at, cell: ({ at }) => <Time at={at} />, wide: true },
];
const nothing = () => undefined;
const common = {
  columns: COLUMNS,
  rowId: ({ id }: Row) => id,
  rowName: ({ name }: Row) => name,
};
const FILTERS = [{ key: 'status', title: 'Status', options: [{ value: 'draft', label: 'Draft' }] }];

function Whole() {
  const [view, setView] = useState<TableView>({});
  return (
    <DataTable
      {...common}
      name="All of it"
      rows={ROWS}
      view={view}
      onView={setView}
      filterable
      filters={FILTERS}
      onOpen={nothing}
      menu={() => [
        { label: 'Rename', onSelect: nothing },
        { label: 'Delete', onSelect: nothing, danger: true },
      ]}
      bulk={[{ label: 'Delete', danger: true, run: nothing }]}
    />
  );
}

function Paged() {
  const [view, setView] = useState<TableView>({});
  const from = Number(view.cursor ?? 0);
  const next = from + 5 < ROWS.length ? String(from + 5) : null;
  return (
    <DataTable
      {...common}
      name="Pages of a server"
      by="server"
      rows={ROWS.slice(from, from + 5)}
      view={view}
      onView={setView}
      next={next}
    />
  );
}

export function Tables() {
  const empty = <EmptyState title="Nothing here yet">It comes with the first event.</EmptyState>;
  return (
    <Part name="DataTable">
      <State name="Sort, filter, selection, menu, rows that open">
        <div className="panel">
          <Whole />
        </div>
      </State>
      <State name="Pages by the server's cursor">
        <div className="panel">
          <Paged />
        </div>
      </State>
      <State name="Loading">
        <DataTable {...common} name="Loading" rows={undefined} />
      </State>
      <State name="Loading another page">
        <DataTable {...common} name="Busy" rows={ROWS.slice(0, 2)} busy />
      </State>
      <State name="Empty">
        <DataTable {...common} name="Empty" rows={[]} empty={empty} />
      </State>
      <State name="Nothing found">
        <DataTable {...common} name="Not found" rows={ROWS} view={{ q: 'xyz' }} onView={nothing} filterable />
      </State>
      <State name="Failed">
        <DataTable
          {...common}
          name="Failed"
          rows={undefined}
          error={new ApiFailure(503, 'store_unavailable', 'a store does not answer')}
          retry={nothing}
        />
      </State>
    </Part>
  );
}
