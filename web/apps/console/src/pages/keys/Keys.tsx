/** API keys: what exists, a new one, and the end of one. */

import {
  ClosedReason,
  type Column,
  ConfirmDanger,
  DataTable,
  EmptyState,
  PageHead,
  type TableView,
  Time,
  useNow,
} from '@emban/kit';
import { Badge, Button, Code, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useChange } from '../../change.ts';
import { type ApiKey, keysQuery, useEnvironmentQuery } from '../../queries.ts';
import { useCan, useFreshKey } from '../../session.ts';
import { words } from '../../words/words.ts';
import { FreshKeyNotice } from './FreshKey.tsx';
import { NewKeyModal } from './NewKey.tsx';

const say = words.keys;
const IDLE_MS = 30 * 86_400_000;

function DeleteKey({ item, close }: { item: ApiKey | null; close: () => void }) {
  const remove = useChange({
    run: ({ id }: ApiKey, { client }) => client.DELETE('/v1/api-keys/{key_id}', { params: { path: { key_id: id } } }),
    touches: ['keys', 'billing'],
    done: (_, { label }) => say.deleted(label),
    failed: null,
    onDone: close,
  });
  return (
    <ConfirmDanger
      opened={item !== null}
      close={close}
      title={say.deleteTitle(item?.label ?? '')}
      action={say.deleteIt}
      cancel={say.keep}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => item && remove.mutate(item)}
    >
      {say.deleteHelp}
    </ConfirmDanger>
  );
}

/** What the key is held to beyond its scope, in a line of its own; nothing for a key that is held to nothing. */
function KeyLimits({ item }: { item: ApiKey }) {
  const limits = [
    item.environment_only && say.confined,
    item.expires_at && say.until(new Date(item.expires_at).toLocaleDateString()),
    item.allowed_cidrs && say.from(item.allowed_cidrs.join(', ')),
  ].filter(Boolean);
  return limits.length ? (
    <Text size="xs" c="dimmed">
      {limits.join(' · ')}
    </Text>
  ) : null;
}

function LastUsed({ item }: { item: ApiKey }) {
  const idle = Date.parse(item.last_used_at ?? item.created_at) < useNow() - IDLE_MS;
  return (
    <>
      <Time at={item.last_used_at} none={say.neverUsed} />
      {idle && (
        <Badge variant="dot" color="orange" tt="none" fw={400} ml={6}>
          {say.idle}
        </Badge>
      )}
    </>
  );
}

const COLUMNS: readonly Column<ApiKey>[] = [
  { key: 'name', title: say.name, value: ({ label }) => label, cell: ({ label }) => <b>{label}</b> },
  {
    key: 'key',
    title: say.key,
    value: ({ prefix }) => prefix,
    cell: ({ prefix }) => <Code>{prefix}…</Code>,
    wide: true,
  },
  { key: 'scope', title: say.scope, value: ({ scope }) => scope, cell: ({ scope }) => scope },
  {
    key: 'environment',
    title: say.environment,
    value: ({ environment }) => environment,
    cell: (item) => (
      <>
        {item.environment}
        <KeyLimits item={item} />
      </>
    ),
  },
  { key: 'used', title: say.lastUsed, value: (item) => item.last_used_at, cell: (item) => <LastUsed item={item} /> },
  {
    key: 'created',
    title: say.created,
    value: (item) => item.created_at,
    cell: (item) => <Time at={item.created_at} />,
    wide: true,
  },
];

const SCOPES = [
  {
    key: 'scope',
    title: say.scope,
    options: [
      { value: 'admin', label: say.admin },
      { value: 'ingest', label: say.ingest },
    ],
  },
];

function KeyList({ make }: { make: () => void }) {
  const query = useEnvironmentQuery(keysQuery);
  const [doomed, setDoomed] = useState<ApiKey | null>(null);
  const view: TableView = useSearch({ strict: false });
  const navigate = useNavigate();
  const rows = useMemo(
    () => query.data?.items.filter((item) => !view.scope || item.scope === view.scope),
    [query.data, view.scope],
  );
  const empty = (
    <EmptyState title={say.none} action={<Button onClick={make}>{say.newKey}</Button>}>
      {say.noneHelp}
    </EmptyState>
  );
  return (
    <div className="panel">
      <DeleteKey item={doomed} close={() => setDoomed(null)} />
      <DataTable
        name={say.title}
        columns={COLUMNS}
        rows={rows}
        rowId={({ id }) => id}
        rowName={({ label }) => label}
        view={view}
        onView={(next) => void navigate({ to: '.', search: next } as never)}
        filterable
        filters={SCOPES}
        menu={(item) => [{ label: words.common.delete, danger: true, onSelect: () => setDoomed(item) }]}
        error={query.error}
        retry={() => void query.refetch()}
        minWidth={680}
        empty={empty}
      />
    </div>
  );
}

function Fresh() {
  return useFreshKey() ? (
    <div className="panel">
      <Text fw={600} mb="xs">
        {say.yours}
      </Text>
      <FreshKeyNotice />
    </div>
  ) : null;
}

export function Keys() {
  const [opened, { open, close }] = useDisclosure(false);
  const admin = useCan('admin');
  return (
    <div className="page">
      <PageHead
        title={say.title}
        about={say.about}
        primary={admin ? <Button onClick={open}>{say.newKey}</Button> : null}
      />
      <NewKeyModal opened={opened} close={close} />
      {admin ? (
        <Stack>
          <Fresh />
          <KeyList make={open} />
        </Stack>
      ) : (
        <ClosedReason needs={words.common.role.admin} />
      )}
    </div>
  );
}
