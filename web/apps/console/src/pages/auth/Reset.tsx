/** Choosing a new password, by the link of a mail. Its token is behind the #, which no server and no log ever sees. */

import { ApiFailure } from '@emban/api';
import { focusErrors, showErrors, toasts } from '@emban/kit';
import { Anchor, Button, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { knowPerson } from '../../expiry.ts';
import { useClient } from '../../session.ts';
import { words } from '../../words/words.ts';
import { AuthCard } from './AuthCard.tsx';
import { LEAST_PASSWORD, passwordProblem } from './password.ts';

function useReset(token: string) {
  const client = useClient();
  const cache = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: ({ password }: { password: string }) => client.POST('/v1/auth/reset', { body: { token, password } }),
    onSuccess: async () => {
      knowPerson(null);
      cache.clear();
      toasts.done(words.auth.resetDone);
      await router.navigate({ to: '/login', replace: true });
    },
  });
}

function Gone() {
  return (
    <AuthCard title={words.auth.linkGone} about={words.auth.linkGoneAbout}>
      <Button component={Link} to="/forgot">
        {words.auth.again}
      </Button>
    </AuthCard>
  );
}

export function Reset() {
  // As it was when the page was opened: the address may lose it.
  const [token] = useState(() => location.hash.slice(1));
  const reset = useReset(token);
  const [whole, setWhole] = useState<unknown>(null);
  const form = useForm({ initialValues: { password: '' }, validate: { password: passwordProblem } });
  if (!token || (whole instanceof ApiFailure && whole.status === 404)) return <Gone />;
  const send = (values: { password: string }) => {
    setWhole(null);
    reset.mutate(values, { onError: (error) => setWhole(showErrors(form, error) ? null : error) });
  };
  const foot = (
    <Anchor component={Link} to="/login">
      {words.auth.backToSignIn}
    </Anchor>
  );
  return (
    <AuthCard title={words.auth.resetTitle} about={words.auth.resetAbout} error={whole} foot={foot}>
      <form onSubmit={form.onSubmit(send, focusErrors(form))} noValidate>
        <Stack>
          <PasswordInput
            label={words.auth.newPassword}
            description={words.auth.orMore(LEAST_PASSWORD)}
            autoComplete="new-password"
            autoFocus
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={reset.isPending}>
            {words.auth.resetButton}
          </Button>
        </Stack>
      </form>
    </AuthCard>
  );
}
