/** The library: widgets that belong to no single dashboard. */

import {
  type Action,
  type Column,
  closedReason,
  DataTable,
  EmptyState,
  PageHead,
  type TableView,
  Time,
} from '@emban/kit';
import { Anchor, Button, Text } from '@mantine/core';
import { IconCopy, IconTrash, IconUpload } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useGone } from '../../change.ts';
import { type LibraryWidget, useEnvironmentQuery, widgetsQuery } from '../../queries.ts';
import { useCan } from '../../session.ts';
import { words as builderWords } from '../../words/builder-words.ts';
import { words } from '../../words/words.ts';
import { useCreate, useDelete, useDuplicate, usePublish } from './changes.ts';
import { Uses, WidgetStatus } from './parts.tsx';

const say = words.widgets;

const COLUMNS: readonly Column<LibraryWidget>[] = [
  {
    key: 'title',
    title: say.name,
    value: ({ title }) => title,
    cell: ({ id, title }) => (
      <Anchor component={Link} to={`/widgets/${id}`} fw={600} className="kit-cell-link">
        {title}
      </Anchor>
    ),
  },
  {
    key: 'kind',
    title: say.kind,
    value: ({ kind }) => builderWords.builder.kinds[kind].name,
    cell: ({ kind }) => builderWords.builder.kinds[kind].name,
    wide: true,
  },
  { key: 'status', title: say.status, value: ({ status }) => status, cell: (item) => <WidgetStatus item={item} /> },
  {
    key: 'used',
    title: say.usedIn,
    value: ({ used_in }) => used_in.length,
    cell: (item) => <Uses item={item} most={2} />,
    wide: true,
  },
  {
    key: 'changed',
    title: say.changed,
    value: (item) => item.updated_at,
    cell: (item) => <Time at={item.updated_at} />,
  },
];

function useMenu(): (item: LibraryWidget) => Action[] {
  const [editor, admin] = [useCan('editor'), useCan('admin')];
  const [duplicate, publish, remove] = [useDuplicate(), usePublish(), useDelete()];
  const forEditors = editor ? undefined : closedReason({ needs: words.common.role.editor });
  const forAdmins = admin ? undefined : closedReason({ needs: words.common.role.admin });
  return (item) => [
    {
      label: item.status === 'published' ? say.publishChanges : say.publish,
      icon: <IconUpload size={16} />,
      closed: forAdmins ?? (item.has_unpublished_changes ? undefined : say.upToDate),
      onSelect: () => publish.mutate(item),
    },
    { label: say.duplicate, icon: <IconCopy size={16} />, closed: forEditors, onSelect: () => duplicate.mutate(item) },
    {
      label: words.common.delete,
      icon: <IconTrash size={16} />,
      danger: true,
      closed: forEditors,
      onSelect: () => remove(item),
    },
  ];
}

export function WidgetsPage() {
  const query = useEnvironmentQuery(widgetsQuery);
  const gone = useGone();
  const navigate = useNavigate();
  const view: TableView = useSearch({ strict: false });
  const create = useCreate();
  const editor = useCan('editor');
  const button = editor ? (
    <Button loading={create.isPending} onClick={() => create.mutate(undefined)}>
      {say.newWidget}
    </Button>
  ) : null;
  return (
    <div className="page">
      <PageHead title={say.title} about={say.about} primary={button} />
      <div className="panel">
        <DataTable
          name={say.title}
          columns={COLUMNS}
          rows={query.data?.items.filter(({ id }) => !gone.has(id))}
          rowId={({ id }) => id}
          rowName={({ title }) => title}
          view={view}
          onView={(next) => void navigate({ to: '.', search: next } as never)}
          filterable
          onOpen={({ id }) => void navigate({ to: `/widgets/${id}` } as never)}
          menu={useMenu()}
          error={query.error}
          retry={() => void query.refetch()}
          empty={
            <EmptyState title={say.none} action={button}>
              <Text span size="sm">
                {say.noneHelp}
              </Text>
            </EmptyState>
          }
        />
      </div>
    </div>
  );
}
