/** Making an API key, and the one time that it can be read. */

import { fieldErrors } from '@emban/api/console';
import { Alert, Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { rememberKey, useClient, useEnvironment, useFreshKey } from '../session.ts';
import { Code } from './Code.tsx';
import { failureText } from './States.tsx';

type Scope = 'admin' | 'ingest';

/** The raw key, with what it is good for. It is gone when the page is left. */
export function FreshKeyNotice() {
  const fresh = useFreshKey();
  if (!fresh) return null;
  return (
    <Stack gap="xs">
      <Code text={fresh.key} label="Copy the key" />
      <Text size="xs" c="dimmed">
        Shown this once. Keep it where your backend keeps its secrets: it cannot be read again, only replaced.
      </Text>
    </Stack>
  );
}

export function useMakeKey(done: () => void) {
  const client = useClient();
  const environment = useEnvironment();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (body: { label: string; scope: Scope }) => {
      const { data } = await client.POST('/v1/api-keys', { body: { ...body, environment } });
      if (data) rememberKey({ key: data.key, environment: data.environment, scope: data.scope });
    },
    onSuccess: async () => {
      done();
      await cache.invalidateQueries({ queryKey: ['keys'] });
    },
  });
}

function ScopeChoice(props: object) {
  return (
    <Radio.Group label="What it may do" {...props}>
      <Stack gap="xs" mt={4}>
        <Radio
          value="ingest"
          label="Send events"
          description="For the service that reports usage. It can do nothing else."
        />
        <Radio
          value="admin"
          label="Everything"
          description="For your backend: events, queries, dashboards, embed sessions."
        />
      </Stack>
    </Radio.Group>
  );
}

export function NewKeyForm({ close }: { close: () => void }) {
  const environment = useEnvironment();
  const form = useForm<{ label: string; scope: Scope }>({
    initialValues: { label: '', scope: 'ingest' },
    validate: { label: (value) => (value.trim() ? null : 'Give it a name that says where it is used') },
  });
  const make = useMakeKey(close);
  const submit = form.onSubmit((values) =>
    make.mutate(values, { onError: (error) => form.setErrors(fieldErrors(error)) }),
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {make.error && (
          <Alert color="red" variant="outline">
            {failureText(make.error)}
          </Alert>
        )}
        <TextInput
          label="Name"
          description={`For the ${environment} environment`}
          data-autofocus
          {...form.getInputProps('label')}
        />
        <ScopeChoice {...form.getInputProps('scope')} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={make.isPending}>
            Create key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function NewKeyModal({ opened, close }: { opened: boolean; close: () => void }) {
  return (
    <Modal opened={opened} onClose={close} title="New API key" centered>
      <NewKeyForm close={close} />
    </Modal>
  );
}
