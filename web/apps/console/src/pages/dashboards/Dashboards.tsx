/** All dashboards of the environment, and what can be done with each from here. */

import {
  type Action,
  type BulkAction,
  type Column,
  closedReason,
  DataTable,
  EmptyState,
  PageHead,
  type TableView,
  Time,
} from '@emban/kit';
import { Anchor } from '@mantine/core';
import { IconCopy, IconDownload, IconPencil, IconSwitchHorizontal, IconTrash } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useGone } from '../../change.ts';
import { type DashboardItem, dashboardsQuery, environmentsQuery, useEnvironmentQuery } from '../../queries.ts';
import { useCan, useEnvironment } from '../../session.ts';
import { words } from '../../words/words.ts';
import { otherEnvironments, useDelete, useDuplicate, useExport, useMove } from './changes.ts';
import { NewDashboard } from './NewDashboard.tsx';
import { Rename } from './Rename.tsx';
import { Status } from './Status.tsx';

const say = words.dashboards;

const COLUMNS: readonly Column<DashboardItem>[] = [
  {
    key: 'name',
    title: say.name,
    value: ({ name }) => name,
    cell: (item) => (
      <Anchor component={Link} to={`/dashboards/${item.id}`} fw={600} className="kit-cell-link">
        {item.name}
      </Anchor>
    ),
  },
  {
    key: 'status',
    title: say.status,
    value: (item) => (item.status === 'published' ? say.published : say.draft),
    cell: (item) => <Status item={item} />,
  },
  {
    key: 'changed',
    title: say.changed,
    value: (item) => item.updated_at,
    cell: (item) => <Time at={item.updated_at} />,
  },
  {
    key: 'published',
    title: say.publishedAt,
    value: (item) => item.published_at,
    cell: (item) => <Time at={item.published_at} />,
    wide: true,
  },
];

const STATUSES = [
  {
    key: 'status',
    title: say.status,
    options: [
      { value: 'published', label: say.published },
      { value: 'draft', label: say.draft },
      { value: 'changed', label: say.unpublishedChanges },
    ],
  },
];

function hasStatus(item: DashboardItem, status: string | undefined): boolean {
  if (!status) return true;
  return status === 'changed' ? item.status === 'published' && item.has_unpublished_changes : item.status === status;
}

/** The menu of a row: the same for everybody, closed with the reason where the role does not allow it. */
function useMenu(rename: (item: DashboardItem) => void): (item: DashboardItem) => (Action | null)[] {
  const editor = useCan('editor');
  const environment = useEnvironment();
  const names = useEnvironmentQuery(environmentsQuery).data?.items.map(({ name }) => name) ?? [];
  const [duplicate, move, exportFile, remove] = [useDuplicate(), useMove(), useExport(), useDelete()];
  const closed = editor ? undefined : closedReason({ needs: words.common.role.editor });
  return (item) => [
    { label: say.rename, icon: <IconPencil size={16} />, closed, onSelect: () => rename(item) },
    { label: say.duplicate, icon: <IconCopy size={16} />, closed, onSelect: () => duplicate.mutate(item) },
    ...otherEnvironments(names, environment).map((name) => ({
      label: say.moveTo(name),
      icon: <IconSwitchHorizontal size={16} />,
      closed: closed ?? (item.status === 'published' ? say.unpublishFirst : undefined),
      onSelect: () => move.mutate({ item, environment: name }),
    })),
    { label: say.export, icon: <IconDownload size={16} />, closed, onSelect: () => exportFile.mutate(item) },
    {
      label: words.common.delete,
      icon: <IconTrash size={16} />,
      danger: true,
      closed,
      onSelect: () => remove(item),
    },
  ];
}

function useBulk(): BulkAction<DashboardItem>[] {
  const remove = useDelete();
  const editor = useCan('editor');
  if (!editor) return [];
  const removeAll = (items: DashboardItem[]) => {
    for (const item of items) remove(item);
  };
  return [{ label: words.common.delete, danger: true, run: removeAll }];
}

function List({ rename }: { rename: (item: DashboardItem) => void }) {
  const query = useEnvironmentQuery(dashboardsQuery);
  const gone = useGone();
  const navigate = useNavigate();
  const view: TableView = useSearch({ strict: false });
  const editor = useCan('editor');
  const rows = useMemo(
    () => query.data?.items.filter((item) => !gone.has(item.id) && hasStatus(item, view.status)),
    [query.data, gone, view.status],
  );
  return (
    <DataTable
      name={say.title}
      columns={COLUMNS}
      rows={rows}
      rowId={({ id }) => id}
      rowName={({ name }) => name}
      view={view}
      onView={(next) => void navigate({ to: '.', search: next } as never)}
      filterable
      filters={STATUSES}
      onOpen={({ id }) => void navigate({ to: `/dashboards/${id}` } as never)}
      menu={useMenu(rename)}
      bulk={useBulk()}
      error={query.error}
      retry={() => void query.refetch()}
      empty={
        <EmptyState title={say.none} action={editor ? <NewDashboard /> : null}>
          {editor ? say.noneHelp : say.nonePublished}
        </EmptyState>
      }
    />
  );
}

export function Dashboards() {
  const editor = useCan('editor');
  const [renamed, setRenamed] = useState<DashboardItem | null>(null);
  return (
    <div className="page">
      <PageHead title={say.title} about={say.about} primary={editor ? <NewDashboard /> : null} />
      <Rename item={renamed} close={() => setRenamed(null)} />
      <div className="panel">
        <List rename={setRenamed} />
      </div>
    </div>
  );
}
