/** What stands above a table: its filters, or, while rows are selected, what can be done with all of them. */

import { Button, CloseButton, Group, Select, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { kitWords } from '../words.ts';
import { rememberCount } from './DataRow.tsx';
import type { DataTableProps, RowsModel, TableFilter } from './types.ts';
import type { TableView } from './view.ts';

interface Props<Row> {
  readonly props: DataTableProps<Row>;
  readonly model: RowsModel<Row>;
  readonly shown: number | undefined;
}

/** How long typing rests before the rows follow: a server is not asked for every letter. */
const REST_MS = { server: 250, table: 0 } as const;

function TextFilter<Row>({ name, view = {}, onView, by = 'table' }: DataTableProps<Row>) {
  const [text, setText] = useState(view.q ?? '');
  const sent = view.q ?? '';
  // Back and links change the text from outside.
  useEffect(() => setText(sent), [sent]);
  const send = useDebouncedCallback(
    (q: string) => onView?.({ ...view, q: q || undefined, cursor: undefined }),
    REST_MS[by],
  );
  const change = (q: string) => {
    setText(q);
    send(q);
  };
  return (
    <TextInput
      aria-label={kitWords.table.searchFor(name.toLowerCase())}
      placeholder={kitWords.table.search}
      leftSection={<IconSearch size={16} />}
      rightSection={
        text ? <CloseButton size="sm" aria-label={kitWords.clearFilter} onClick={() => change('')} /> : null
      }
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      className="kit-table-filter"
    />
  );
}

function Choice({ filter, view, onView }: { filter: TableFilter; view: TableView; onView: (view: TableView) => void }) {
  return (
    <Select
      aria-label={filter.title}
      placeholder={kitWords.table.any(filter.title)}
      data={[...filter.options]}
      value={view[filter.key] ?? null}
      onChange={(value) => onView({ ...view, [filter.key]: value ?? undefined, cursor: undefined })}
      clearable
      w={180}
    />
  );
}

function Selected<Row>({ props, model }: Omit<Props<Row>, 'shown'>) {
  return (
    <Group className="kit-table-tools" role="status">
      <Text size="sm" fw={600}>
        {kitWords.table.selected(model.selected.length)}
      </Text>
      {props.bulk?.map(({ label, danger, run }) => (
        <Button
          key={label}
          size="xs"
          variant={danger ? 'outline' : 'default'}
          {...(danger ? { color: 'red' } : {})}
          onClick={() => {
            run(model.selected);
            model.clear();
          }}
        >
          {label}
        </Button>
      ))}
      <Button size="xs" variant="subtle" onClick={model.clear}>
        {kitWords.clear}
      </Button>
    </Group>
  );
}

export function Tools<Row>({ props, model, shown }: Props<Row>) {
  const { name, rows, view = {}, onView, filterable = false, filters = [], by } = props;
  useEffect(() => {
    if (rows) rememberCount(name, rows.length);
  }, [name, rows]);
  if (model.selected.length > 0) return <Selected props={props} model={model} />;
  if (!onView || (!filterable && filters.length === 0)) return null;
  return (
    <Group className="kit-table-tools">
      {filterable && <TextFilter {...props} />}
      {filters.map((filter) => (
        <Choice key={filter.key} filter={filter} view={view} onView={onView} />
      ))}
      {by !== 'server' && rows && (
        <Text size="xs" c="dimmed" ms="auto" role="status">
          {kitWords.table.count(shown ?? 0, rows.length)}
        </Text>
      )}
    </Group>
  );
}
