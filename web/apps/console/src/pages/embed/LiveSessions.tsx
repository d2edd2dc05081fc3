/** Sessions that have not ended, with the means to end them. */

import { type Column, ConfirmDanger, DataTable, EmptyState, type TableView, Time } from '@emban/kit';
import { Text, Title } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useChange } from '../../change.ts';
import { type DashboardItem, type LiveSession, sessionsQuery } from '../../queries.ts';
import { useEnvironment } from '../../session.ts';
import { words as all } from '../../words/words.ts';
import { restrictions } from './permissions.ts';

const words = all.embed;

/** One session, or all of one customer. */
type Doomed = { readonly session: LiveSession } | { readonly tenant: string };

function useRevoke(done: () => void) {
  return useChange<Doomed>({
    run: (doomed, { client }) =>
      'tenant' in doomed
        ? client.DELETE('/v1/embed-sessions', { params: { query: { tenant_id: doomed.tenant } } })
        : client.DELETE('/v1/embed-sessions/{session_id}', { params: { path: { session_id: doomed.session.id } } }),
    touches: ['embed-sessions'],
    done: words.revoked,
    failed: null,
    onDone: done,
  });
}

function ConfirmRevoke({ doomed, close }: { doomed: Doomed | null; close: () => void }) {
  const revoke = useRevoke(close);
  const every = doomed !== null && 'tenant' in doomed;
  const tenant = doomed === null ? '' : 'tenant' in doomed ? doomed.tenant : doomed.session.tenant_id;
  return (
    <ConfirmDanger
      opened={doomed !== null}
      close={close}
      title={every ? words.revokeEvery(tenant) : words.revokeOne(tenant)}
      action={every ? words.revokeAll : words.revoke}
      cancel={words.keep}
      onConfirm={() => doomed && revoke.mutate(doomed)}
      busy={revoke.isPending}
      error={revoke.error}
    >
      {words.revokeHelp}
    </ConfirmDanger>
  );
}

function columnsOf(names: ReadonlyMap<string, string>): Column<LiveSession>[] {
  const { columns } = words;
  return [
    { key: 'tenant', title: columns.tenant, cell: ({ tenant_id }) => <b>{tenant_id}</b> },
    { key: 'dashboard', title: columns.dashboard, cell: ({ dashboard_id: id }) => names.get(id) ?? id, wide: true },
    {
      key: 'limits',
      title: columns.limits,
      cell: ({ permissions }) => restrictions(permissions).join(' · ') || words.unrestricted,
    },
    { key: 'created', title: columns.created, cell: ({ created_at }) => <Time at={created_at} />, wide: true },
    { key: 'ends', title: columns.ends, cell: ({ expires_at }) => <Time at={expires_at} /> },
  ];
}

export function LiveSessions({ dashboards }: { dashboards: readonly DashboardItem[] }) {
  const [view, setView] = useState<TableView>({});
  const query = useQuery({
    ...sessionsQuery(useEnvironment(), view.cursor ?? null),
    placeholderData: keepPreviousData,
  });
  const [doomed, setDoomed] = useState<Doomed | null>(null);
  return (
    <section className="panel" aria-labelledby="live-sessions">
      <ConfirmRevoke doomed={doomed} close={() => setDoomed(null)} />
      <Title order={2} id="live-sessions">
        {words.sessions}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {words.sessionsHelp}
      </Text>
      <DataTable
        name={words.sessions}
        by="server"
        columns={columnsOf(new Map(dashboards.map(({ id, name }) => [id, name])))}
        rows={query.data?.items}
        next={query.data?.next_cursor}
        rowId={({ id }) => id}
        rowName={({ tenant_id }) => tenant_id}
        view={view}
        onView={setView}
        error={query.error}
        retry={() => void query.refetch()}
        busy={query.isPlaceholderData}
        minWidth={420}
        empty={<EmptyState title={words.noSessions}>{words.noSessionsHelp}</EmptyState>}
        menu={(session) => [
          { label: words.revoke, danger: true, onSelect: () => setDoomed({ session }) },
          { label: words.revokeAllShort, danger: true, onSelect: () => setDoomed({ tenant: session.tenant_id }) },
        ]}
      />
    </section>
  );
}
