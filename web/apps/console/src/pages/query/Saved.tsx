/** Queries that the org keeps: opened, saved under a name, renamed, deleted. */

import { bodyOf, type Schemas } from '@emban/api/console';
import { ActionMenu, EmptyState, Loaded } from '@emban/kit';
import { Button, Group, Modal, TextInput, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useChange, useGone, useRemoval } from '../../change.ts';
import { useEnvironment } from '../../session.ts';
import { words } from '../../words/words.ts';
import { savedQuery } from './asked.ts';

export type SavedQuery = Schemas['SavedQueryOut'];
const text = words.query.saved;

/** Writes a query down: a new one, or one that is there already. */
export function useSave(done?: (saved: SavedQuery) => void) {
  return useChange<{ id?: string; name: string; sql: string }, SavedQuery>({
    run: async ({ id, ...body }, { client }) =>
      id === undefined
        ? bodyOf(await client.POST('/v1/saved-queries', { body }))
        : bodyOf(
            await client.PUT('/v1/saved-queries/{saved_query_id}', { params: { path: { saved_query_id: id } }, body }),
          ),
    touches: ['saved-queries'],
    done: ({ name }) => text.done(name),
    failed: text.failed,
    onDone: (saved) => done?.(saved),
  });
}

interface NameProps {
  readonly title: string;
  readonly initial: string;
  readonly close: () => void;
  readonly save: (name: string) => void;
}

export function NameDialog({ title, initial, close, save }: NameProps) {
  const [name, setName] = useState(initial);
  const finish = () => {
    if (!name.trim()) return;
    save(name.trim());
    close();
  };
  return (
    <Modal opened onClose={close} title={title} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          finish();
        }}
      >
        <TextInput
          label={text.name}
          value={name}
          maxLength={128}
          required
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={close}>
            {words.query.cancel}
          </Button>
          <Button type="submit">{text.save}</Button>
        </Group>
      </form>
    </Modal>
  );
}

function Items({ items, open }: { items: readonly SavedQuery[]; open: (saved: SavedQuery) => void }) {
  const [renamed, setRenamed] = useState<SavedQuery | null>(null);
  const save = useSave();
  const gone = useGone();
  const remove = useRemoval<SavedQuery>({
    id: ({ id }) => id,
    touches: ['saved-queries'],
    done: ({ name }) => text.deleted(name),
    run: ({ id }, { client }) =>
      client.DELETE('/v1/saved-queries/{saved_query_id}', {
        params: { path: { saved_query_id: id } },
        keepalive: true,
      }),
  });
  return (
    <ul className="query-runs">
      {renamed && (
        <NameDialog
          title={text.rename}
          initial={renamed.name}
          close={() => setRenamed(null)}
          save={(name) => save.mutate({ id: renamed.id, name, sql: renamed.sql })}
        />
      )}
      {items
        .filter(({ id }) => !gone.has(id))
        .map((item) => (
          <li key={item.id} className="query-run" data-saved={item.id}>
            <Group gap={6} wrap="nowrap" justify="space-between">
              <UnstyledButton onClick={() => open(item)} className="query-saved-name">
                {item.name}
              </UnstyledButton>
              <ActionMenu
                subtle
                label={`${words.query.saved.rename}, ${words.query.saved.remove}: ${item.name}`}
                actions={[
                  { label: text.rename, onSelect: () => setRenamed(item) },
                  { label: text.remove, danger: true, onSelect: () => remove(item) },
                ]}
              />
            </Group>
            <pre className="query-run-sql">{item.sql}</pre>
          </li>
        ))}
    </ul>
  );
}

export function Saved({ open }: { open: (saved: SavedQuery) => void }) {
  const query = useQuery(savedQuery(useEnvironment()));
  return (
    <Loaded query={query} lines={5} height={48}>
      {({ items }) =>
        items.length ? <Items items={items} open={open} /> : <EmptyState title={text.none}>{text.noneHelp}</EmptyState>
      }
    </Loaded>
  );
}
