/** Making an API key, and the one time that it can be read. */

import { fieldErrors } from '@emban/api/console';
import { Alert, Button, Checkbox, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
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

interface Values {
  label: string;
  scope: Scope;
  environment_only: boolean;
  /** A local day, up to whose end the key works; empty for no end. */
  expires_on: string;
  /** Addresses and networks, apart by commas or spaces; empty for any. */
  networks: string;
}

const NOTHING: Values = { label: '', scope: 'ingest', environment_only: false, expires_on: '', networks: '' };

function bodyFrom({ label, scope, environment_only, expires_on, networks }: Values) {
  const allowed = networks.split(/[\s,]+/).filter(Boolean);
  return {
    label,
    scope,
    environment_only,
    expires_at: expires_on ? new Date(`${expires_on}T23:59:59`).toISOString() : null,
    allowed_cidrs: allowed.length ? allowed : null,
  };
}

export function useMakeKey(done: () => void) {
  const client = useClient();
  const environment = useEnvironment();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (values: Values) => {
      const { data } = await client.POST('/v1/api-keys', { body: { ...bodyFrom(values), environment } });
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
          description="For your backend. Controls the whole org, whatever its environment, unless it is confined below."
        />
      </Stack>
    </Radio.Group>
  );
}

/** The API's errors at this form's fields, which are called otherwise. */
function keyErrors(error: unknown): Record<string, string> {
  const named = Object.entries(fieldErrors(error)).map(([path, message]) => {
    if (path.startsWith('allowed_cidrs')) return ['networks', message];
    return [path === 'expires_at' ? 'expires_on' : path, message];
  });
  return Object.fromEntries(named);
}

function Limits({ form, environment }: { form: UseFormReturnType<Values>; environment: string }) {
  return (
    <>
      {form.values.scope === 'admin' && (
        <Checkbox
          label={`Confine it to ${environment}`}
          description="It then sees and changes nothing of other environments, members, keys, billing or the org."
          {...form.getInputProps('environment_only', { type: 'checkbox' })}
        />
      )}
      <TextInput
        type="date"
        label="Works until"
        description="The end of this day; empty for no end"
        {...form.getInputProps('expires_on')}
      />
      <TextInput
        label="Addresses"
        description="It may be used from, such as 10.0.0.0/8, 192.0.2.7; empty for any"
        {...form.getInputProps('networks')}
      />
    </>
  );
}

export function NewKeyForm({ close }: { close: () => void }) {
  const environment = useEnvironment();
  const form = useForm<Values>({
    initialValues: NOTHING,
    validate: { label: (value) => (value.trim() ? null : 'Give it a name that says where it is used') },
  });
  const make = useMakeKey(close);
  const submit = form.onSubmit((values) =>
    make.mutate(values, { onError: (error) => form.setErrors(keyErrors(error)) }),
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
        <Limits form={form} environment={environment} />
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
