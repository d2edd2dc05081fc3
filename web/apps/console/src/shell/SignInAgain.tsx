/** Signing in again over the page whose session has ended. */

import { consoleClient } from '@emban/api/console';
import { focusErrors } from '@emban/kit';
import { Alert, Button, Group, Modal, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { endAsking, knownPerson, knowPerson, useSignInAsked } from '../expiry.ts';
import { loginFailure } from '../pages/auth/failure.ts';
import { DEFAULT_ENVIRONMENT } from '../session.ts';
import { words } from '../words/words.ts';

const { auth, shell } = words;

/** Signs in as the person that the page belongs to, in the org that it shows. */
async function signInAgain(password: string): Promise<void> {
  const person = knownPerson();
  if (!person) return;
  // A client of its own: a refusal here must not ask to sign in.
  const client = consoleClient(DEFAULT_ENVIRONMENT);
  const { data } = await client.POST('/v1/auth/login', { body: { email: person.email, password } });
  if (data?.org.id !== person.orgId) await client.POST('/v1/auth/switch-org', { body: { org_id: person.orgId } });
}

function Form({ leave }: { leave: () => void }) {
  const form = useForm({
    initialValues: { password: '' },
    validate: { password: (value) => (value ? null : auth.enterPassword) },
  });
  const signIn = useMutation({
    mutationFn: ({ password }: { password: string }) => signInAgain(password),
    onSuccess: () => endAsking(true),
  });
  const email = knownPerson()?.email ?? '';
  return (
    <form onSubmit={form.onSubmit((values) => signIn.mutate(values), focusErrors(form))} noValidate>
      <Stack>
        <Title order={2}>{shell.expired.title}</Title>
        <Text size="sm">{shell.expired.help}</Text>
        {signIn.error && (
          <Alert color="red" variant="outline" role="alert">
            {loginFailure(signIn.error)}
          </Alert>
        )}
        {/* A password manager wants to see whose password it is. */}
        <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
        <PasswordInput
          label={shell.expired.passwordOf(email)}
          autoComplete="current-password"
          data-autofocus
          {...form.getInputProps('password')}
        />
        <Group justify="space-between">
          <Button variant="subtle" onClick={leave}>
            {shell.expired.leave}
          </Button>
          <Button type="submit" loading={signIn.isPending}>
            {auth.signIn}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function SignInAgain() {
  const asked = useSignInAsked();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const leave = async () => {
    knowPerson(null);
    endAsking(false);
    await navigate({ to: '/login' });
    cache.clear();
  };
  return (
    <Modal.Root
      opened={asked}
      onClose={() => undefined}
      closeOnEscape={false}
      closeOnClickOutside={false}
      centered
      zIndex={1000}
    >
      <Modal.Overlay />
      {/* Without a head of its own: it may lie over another dialog, and a page has one banner. */}
      <Modal.Content aria-label={shell.expired.title}>
        <Modal.Body>
          <Form leave={() => void leave()} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
