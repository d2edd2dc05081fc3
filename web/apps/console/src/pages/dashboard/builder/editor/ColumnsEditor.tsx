/** A table's columns in their order: properties first or last, figures between, as one likes. */

import { ActionIcon, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { words } from '../../../../words/builder-words.ts';
import { compact } from '../core/doc.ts';
import { dimensionsOf } from '../found.ts';
import { FieldSelect } from './Fields.tsx';
import { type Figure, MetricFields } from './MetricFields.tsx';
import type { Edited } from './use-widget.ts';

const say = words.editor;

type Column = string | (Figure & { readonly name?: string | null });

const isGroup = (column: Column) => typeof column === 'string' || Boolean(column.name);
const groupName = (column: Column) => (typeof column === 'string' ? column : (column.name ?? ''));

/** What the answer calls a column, which is what it can be sorted by. */
function labelOf(column: Column): string {
  if (typeof column === 'string') return column.replace(/^string_props\./, '');
  if (column.name) return column.name.replace(/^string_props\./, '');
  return column.title || (column.prop ? `${column.metric}(${column.prop})` : (column.metric ?? ''));
}

function Row({
  edited,
  column,
  at,
  put,
}: {
  edited: Edited;
  column: Column;
  at: number;
  put: (column: Column | null, to?: number) => void;
}) {
  const { query, builder, errorOf } = edited;
  const event = query.event_name ?? '*';
  const name = labelOf(column);
  return (
    <Stack gap={6} className="builder-figure">
      <Group gap={4} justify="space-between">
        <Text size="xs" c="dimmed">
          {name}
        </Text>
        <Group gap={0}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={`${say.moveUp}: ${name}`}
            onClick={() => put(column, at - 1)}
          >
            <IconArrowUp size={14} />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={`${say.moveDown}: ${name}`}
            onClick={() => put(column, at + 1)}
          >
            <IconArrowDown size={14} />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={`${say.remove}: ${name}`}
            onClick={() => put(null)}
          >
            <IconTrash size={14} />
          </ActionIcon>
        </Group>
      </Group>
      {isGroup(column) ? (
        <FieldSelect
          label={say.prop}
          fields={dimensionsOf(builder.found, event)}
          value={groupName(column)}
          onChange={(next) => next && put(next)}
          allowDeselect={false}
          error={errorOf(`query.columns[${at}]`)}
        />
      ) : (
        <>
          <TextInput
            label={say.titleOf}
            value={(column as Figure).title ?? ''}
            onChange={({ currentTarget }) =>
              put(compact({ ...(column as Figure), title: currentTarget.value || undefined }))
            }
            error={errorOf(`query.columns[${at}]`)}
          />
          <MetricFields
            figure={column as Figure}
            event={event}
            set={(change) => put(compact({ ...(column as Figure), ...change }))}
            errorOf={(field) => errorOf(`query.columns[${at}].${field}`)}
          />
        </>
      )}
    </Stack>
  );
}

function Sorting({ edited, columns }: { edited: Edited; columns: readonly Column[] }) {
  const { query, setQuery, errorOf } = edited;
  return (
    <Group gap={6} grow>
      <Select
        label={say.orderBy}
        data={[...new Set(columns.map(labelOf))]}
        value={query.order_by ?? null}
        onChange={(order_by) => setQuery({ order_by: order_by ?? undefined }, say.orderBy.toLowerCase())}
        clearable
        error={errorOf('query.order_by')}
      />
      <Select
        label={say.order}
        data={Object.entries(say.orders).map(([value, label]) => ({ value, label }))}
        value={query.order ?? null}
        onChange={(order) => setQuery({ order: order ?? undefined }, say.order.toLowerCase())}
        clearable
      />
    </Group>
  );
}

export function ColumnsEditor({ edited }: { edited: Edited }) {
  const { query, builder, setQuery } = edited;
  const columns = (query.columns ?? []) as readonly Column[];
  const set = (next: readonly Column[]) => {
    const sortable = query.order_by && next.some((one) => labelOf(one) === query.order_by);
    setQuery(
      { columns: next, group_by: undefined, ...(sortable ? {} : { order_by: undefined }) },
      say.columns.toLowerCase(),
    );
  };
  const put =
    (at: number) =>
    (column: Column | null, to = at) => {
      const next = columns.filter((_, index) => index !== at);
      if (column !== null) next.splice(Math.max(0, Math.min(columns.length - 1, to)), 0, column);
      if (next.length) set(next);
    };
  const free = dimensionsOf(builder.found, query.event_name ?? '*').find(
    ({ value }) => !columns.some((one) => groupName(one) === value),
  );
  const groups = columns.filter(isGroup).length;
  return (
    <Stack gap="xs" role="group" aria-label={say.columns}>
      {columns.map((column, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same column may be there twice while it is edited; its place is what it is.
        <Row key={at} {...{ edited, column, at }} put={put(at)} />
      ))}
      <Group gap="xs">
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={14} />}
          disabled={!free || groups >= 2}
          onClick={() => free && set([...columns.slice(0, groups), free.value, ...columns.slice(groups)])}
        >
          {say.addProperty}
        </Button>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={14} />}
          onClick={() => set([...columns, { metric: 'count', title: `Figure ${columns.length + 1}` }])}
        >
          {say.addMetric}
        </Button>
      </Group>
      <Sorting {...{ edited, columns }} />
    </Stack>
  );
}
