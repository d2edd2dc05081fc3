/** Joining an org by invitation. */

import { fieldErrors } from '@emban/api/console';
import { Anchor, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { useClient } from '../session.ts';
import { AuthCard } from './AuthCard.tsx';

function useAccept() {
  const client = useClient();
  const cache = useQueryClient();
  const router = useRouter();
  const { token = '' }: { token?: string } = useSearch({ strict: false });
  return useMutation({
    mutationFn: (values: { name: string; password: string }) =>
      client.POST('/v1/invites/accept', { body: { ...values, token } }),
    onSuccess: async () => {
      cache.clear();
      await router.navigate({ to: '/' });
    },
  });
}

export function AcceptInvite() {
  const accept = useAccept();
  const form = useForm({
    initialValues: { name: '', password: '' },
    validate: { password: (value) => (value ? null : 'Enter a password') },
  });
  const submit = form.onSubmit((values) =>
    accept.mutate(values, { onError: (error) => form.setErrors(fieldErrors(error)) }),
  );
  const about = 'Have an account already? Use its password. New here? Choose one of 10 characters or more.';
  const foot = (
    <Anchor component={Link} to="/login">
      Sign in instead
    </Anchor>
  );
  return (
    <AuthCard title="Join your team" about={about} error={accept.error} foot={foot}>
      <form onSubmit={submit} noValidate>
        <Stack>
          <TextInput label="Your name" autoComplete="name" autoFocus {...form.getInputProps('name')} />
          <PasswordInput label="Password" autoComplete="current-password" {...form.getInputProps('password')} />
          <Button type="submit" loading={accept.isPending}>
            Join
          </Button>
        </Stack>
      </form>
    </AuthCard>
  );
}
