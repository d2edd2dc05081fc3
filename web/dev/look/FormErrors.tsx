/** Errors of a form: at the fields, with the first in focus. */

import { ApiFailure } from '@emban/api';
import { focusErrors, showErrors } from '@emban/kit';
import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { Part, State } from './Part.tsx';

const REFUSAL = new ApiFailure(400, 'invalid_request', 'not as documented', {
  details: { fields: [{ path: 'networks', message: 'is not a network' }] },
});

export function FormErrors() {
  const form = useForm({
    initialValues: { name: '', networks: '10.0.0.0/99' },
    validate: { name: (value) => (value ? null : 'Give it a name') },
  });
  return (
    <Part name="Form errors">
      <State name="Send it empty, then with a name: the second refusal is the server's">
        <form
          onSubmit={form.onSubmit(() => {
            showErrors(form, REFUSAL);
          }, focusErrors(form))}
          noValidate
        >
          <Stack maw={400}>
            <TextInput label="Name" {...form.getInputProps('name')} />
            <TextInput label="Addresses" {...form.getInputProps('networks')} />
            <Group>
              <Button type="submit">Create key</Button>
            </Group>
          </Stack>
        </form>
      </State>
    </Part>
  );
}
