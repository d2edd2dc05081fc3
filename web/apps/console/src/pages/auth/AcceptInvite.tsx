/** Joining an org by invitation. */

import { focusErrors, showErrors } from '@emban/kit';
import { Anchor, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useClient } from '../../session.ts';
import { words } from '../../words/words.ts';
import { AuthCard } from './AuthCard.tsx';
import { loginFailure } from './failure.ts';

interface Values {
  name: string;
  password: string;
}

function useAccept(token: string) {
  const client = useClient();
  const cache = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: (values: Values) => client.POST('/v1/invites/accept', { body: { ...values, token } }),
    onSuccess: async () => {
      cache.clear();
      await router.navigate({ to: '/' });
    },
  });
}

function ToSignIn() {
  return (
    <Anchor component={Link} to="/login">
      {words.auth.signInInstead}
    </Anchor>
  );
}

export function AcceptInvite() {
  const { token = '' }: { token?: string } = useSearch({ strict: false });
  if (!token) return <AuthCard title={words.auth.inviteGone} about={words.auth.inviteGoneAbout} foot={<ToSignIn />} />;
  return <AcceptForm token={token} />;
}

function AcceptForm({ token }: { token: string }) {
  const accept = useAccept(token);
  const [whole, setWhole] = useState<unknown>(null);
  const form = useForm<Values>({
    initialValues: { name: '', password: '' },
    validate: { password: (value) => (value ? null : words.auth.enterPassword) },
  });
  const send = (values: Values) => {
    setWhole(null);
    accept.mutate(values, { onError: (error) => setWhole(showErrors(form, error) ? null : error) });
  };
  return (
    <AuthCard
      title={words.auth.join}
      about={words.auth.joinAbout}
      error={whole}
      says={loginFailure(whole)}
      foot={<ToSignIn />}
    >
      <form onSubmit={form.onSubmit(send, focusErrors(form))} noValidate>
        <Stack>
          <TextInput label={words.auth.name} autoComplete="name" autoFocus {...form.getInputProps('name')} />
          <PasswordInput
            label={words.auth.password}
            autoComplete="current-password"
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={accept.isPending}>
            {words.auth.joinButton}
          </Button>
        </Stack>
      </form>
    </AuthCard>
  );
}
