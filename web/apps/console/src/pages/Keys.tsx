/** API keys: what exists, a new one, and the end of one. */

import { Alert, Button, Group, Code as InlineCode, Modal, Stack, Table, Text, VisuallyHidden } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { FreshKeyNotice, NewKeyModal } from '../parts/NewKey.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { Empty, failureText, Loaded } from '../parts/States.tsx';
import { When } from '../parts/When.tsx';
import { type ApiKey, keysQuery, useEnvironmentQuery } from '../queries.ts';
import { useCan, useClient, useFreshKey } from '../session.ts';

function useDeleteKey(done: () => void) {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => client.DELETE('/v1/api-keys/{key_id}', { params: { path: { key_id: id } } }),
    onError: (error) => notifications.show({ color: 'red', title: 'Not deleted', message: failureText(error) }),
    onSuccess: async () => {
      done();
      await cache.invalidateQueries({ queryKey: ['keys'] });
    },
  });
}

function DeleteKey({ item, close }: { item: ApiKey | null; close: () => void }) {
  const remove = useDeleteKey(close);
  return (
    <Modal opened={item !== null} onClose={close} title={`Delete “${item?.label ?? ''}”?`} centered>
      <Text size="sm">
        Whatever uses it is refused within five seconds. Events that it sent stay. This cannot be undone.
      </Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={close}>
          Keep it
        </Button>
        <Button color="red" loading={remove.isPending} onClick={() => item && remove.mutate(item.id)}>
          Delete the key
        </Button>
      </Group>
    </Modal>
  );
}

/** What the key is held to beyond its scope, in a line of its own; nothing for a key that is held to nothing. */
function KeyLimits({ item }: { item: ApiKey }) {
  const limits = [
    item.environment_only && 'confined to it',
    item.expires_at && `until ${new Date(item.expires_at).toLocaleDateString()}`,
    item.allowed_cidrs && `from ${item.allowed_cidrs.join(', ')}`,
  ].filter(Boolean);
  return limits.length ? (
    <Text size="xs" c="dimmed">
      {limits.join(' · ')}
    </Text>
  ) : null;
}

function KeyRow({ item, remove }: { item: ApiKey; remove: () => void }) {
  return (
    <Table.Tr>
      <Table.Td fw={600}>{item.label}</Table.Td>
      <Table.Td>
        <InlineCode>{item.prefix}…</InlineCode>
      </Table.Td>
      <Table.Td>{item.scope}</Table.Td>
      <Table.Td>
        {item.environment}
        <KeyLimits item={item} />
      </Table.Td>
      <Table.Td>{item.last_used_at ? <When at={item.last_used_at} /> : 'never'}</Table.Td>
      <Table.Td>
        <When at={item.created_at} />
      </Table.Td>
      <Table.Td ta="end">
        <Button size="compact-xs" variant="subtle" color="red" onClick={remove} aria-label={`Delete ${item.label}`}>
          Delete
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}

function KeyTable({ items, remove }: { items: readonly ApiKey[]; remove: (item: ApiKey) => void }) {
  return (
    <Table.ScrollContainer minWidth={680}>
      <Table className="list-table" verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            {['Name', 'Key', 'Scope', 'Environment', 'Last used', 'Created'].map((title) => (
              <Table.Th key={title}>{title}</Table.Th>
            ))}
            <Table.Th>
              <VisuallyHidden>Actions</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <KeyRow key={item.id} item={item} remove={() => remove(item)} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function KeyList() {
  const query = useEnvironmentQuery(keysQuery);
  const [doomed, setDoomed] = useState<ApiKey | null>(null);
  return (
    <div className="panel">
      <DeleteKey item={doomed} close={() => setDoomed(null)} />
      <Loaded query={query}>
        {({ items }) =>
          items.length ? (
            <KeyTable items={items} remove={setDoomed} />
          ) : (
            <Empty title="No API keys">Your backend needs one to send events and to ask for embed sessions.</Empty>
          )
        }
      </Loaded>
    </div>
  );
}

function Fresh() {
  return useFreshKey() ? (
    <div className="panel">
      <Text fw={600} mb="xs">
        Your new key
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
        title="API keys"
        about="For machines. A key reads and writes the data of one environment; an admin key that is not confined to it controls the whole org. Only the first characters are kept readable."
      >
        {admin && <Button onClick={open}>New key</Button>}
      </PageHead>
      <NewKeyModal opened={opened} close={close} />
      {admin ? (
        <Stack>
          <Fresh />
          <KeyList />
        </Stack>
      ) : (
        <Alert variant="outline">API keys need the role admin. Ask an admin or the owner of your org.</Alert>
      )}
    </div>
  );
}
