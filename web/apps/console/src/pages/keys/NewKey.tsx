/** Making an API key. */

import { failureText, focusErrors, kitWords, showErrors } from '@emban/kit';
import { Alert, Button, Checkbox, Group, Modal, Radio, Stack, TextInput } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { useState } from 'react';
import { useChange } from '../../change.ts';
import { rememberKey, useEnvironment } from '../../session.ts';
import { words } from '../../words/words.ts';

const say = words.keys;

type Scope = 'admin' | 'ingest';

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

function useMakeKey(done: () => void) {
  return useChange({
    run: (values: Values, { client, environment }) =>
      client.POST('/v1/api-keys', { body: { ...bodyFrom(values), environment } }),
    touches: ['keys', 'billing'],
    failed: null,
    onDone: ({ data }) => {
      if (data) rememberKey({ key: data.key, environment: data.environment, scope: data.scope });
      done();
    },
  });
}

function ScopeChoice(props: object) {
  return (
    <Radio.Group label={say.may} {...props}>
      <Stack gap="xs" mt={4}>
        <Radio value="ingest" label={say.ingest} description={say.ingestHelp} />
        <Radio value="admin" label={say.admin} description={say.adminHelp} />
      </Stack>
    </Radio.Group>
  );
}

/** What the API calls this form's fields. */
function fieldName(path: string): string | null {
  if (path.startsWith('allowed_cidrs')) return 'networks';
  return path === 'expires_at' ? 'expires_on' : null;
}

function Limits({ form, environment }: { form: UseFormReturnType<Values>; environment: string }) {
  return (
    <>
      {form.values.scope === 'admin' && (
        <Checkbox
          label={say.confine(environment)}
          description={say.confineHelp}
          {...form.getInputProps('environment_only', { type: 'checkbox' })}
        />
      )}
      <TextInput
        type="date"
        label={say.worksUntil}
        description={say.worksUntilHelp}
        {...form.getInputProps('expires_on')}
      />
      <TextInput label={say.addresses} description={say.addressesHelp} {...form.getInputProps('networks')} />
    </>
  );
}

export function NewKeyForm({ close }: { close: () => void }) {
  const environment = useEnvironment();
  const [whole, setWhole] = useState<unknown>(null);
  const form = useForm<Values>({
    initialValues: NOTHING,
    validate: { label: (value) => (value.trim() ? null : say.nameIt) },
  });
  const make = useMakeKey(close);
  const send = (values: Values) => {
    setWhole(null);
    make.mutate(values, { onError: (error) => setWhole(showErrors(form, error, fieldName) ? null : error) });
  };
  return (
    <form onSubmit={form.onSubmit(send, focusErrors(form))} noValidate>
      <Stack>
        {Boolean(whole) && (
          <Alert color="red" variant="outline">
            {failureText(whole)}
          </Alert>
        )}
        <TextInput
          label={say.name}
          description={say.forEnvironment(environment)}
          data-autofocus
          {...form.getInputProps('label')}
        />
        <ScopeChoice {...form.getInputProps('scope')} />
        <Limits form={form} environment={environment} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {words.common.cancel}
          </Button>
          <Button type="submit" loading={make.isPending}>
            {say.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function NewKeyModal({ opened, close }: { opened: boolean; close: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={say.newTitle}
      centered
      closeButtonProps={{ 'aria-label': kitWords.close }}
    >
      <NewKeyForm close={close} />
    </Modal>
  );
}
