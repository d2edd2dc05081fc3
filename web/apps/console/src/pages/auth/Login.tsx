/** Signing in. */

import { ApiFailure } from '@emban/api';
import { focusErrors } from '@emban/kit';
import { Anchor, Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { registrationQuery } from '../../queries.ts';
import { useClient } from '../../session.ts';
import { words } from '../../words/words.ts';
import { AuthCard } from './AuthCard.tsx';
import { loginFailure } from './failure.ts';
import { emailProblem, safeNext } from './password.ts';

function useLogin() {
  const client = useClient();
  const cache = useQueryClient();
  const router = useRouter();
  const { next }: { next?: string } = useSearch({ strict: false });
  return useMutation({
    mutationFn: (body: { email: string; password: string }) => client.POST('/v1/auth/login', { body }),
    onSuccess: async () => {
      cache.clear();
      await router.navigate({ to: safeNext(next) });
    },
  });
}

function Foot() {
  const registration = useQuery(registrationQuery).data;
  if (registration && !registration.open) return words.auth.askAdmin;
  return (
    <>
      {words.auth.newHere}{' '}
      <Anchor component={Link} to="/register" underline="always">
        {registration?.first ? words.auth.first : words.auth.create}
      </Anchor>
    </>
  );
}

export function Login() {
  const login = useLogin();
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: { email: emailProblem, password: (value) => (value ? null : words.auth.enterPassword) },
  });
  const refused = (error: unknown) => {
    // The password is the likelier one to be mistyped, and is typed anew anyway.
    if (error instanceof ApiFailure && error.status === 401) form.getInputNode('password')?.focus();
  };
  const send = (values: { email: string; password: string }) =>
    login.mutate({ ...values, email: values.email.trim() }, { onError: refused });
  return (
    <AuthCard title={words.auth.signIn} error={login.error} says={loginFailure(login.error)} foot={<Foot />}>
      <form onSubmit={form.onSubmit(send, focusErrors(form))} noValidate>
        <Stack>
          <TextInput
            label={words.auth.email}
            type="email"
            autoComplete="username"
            autoFocus
            key={form.key('email')}
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label={words.auth.password}
            autoComplete="current-password"
            key={form.key('password')}
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={login.isPending}>
            {words.auth.signIn}
          </Button>
          <Group justify="center">
            <Anchor component={Link} to="/forgot" size="sm">
              {words.auth.forgot}
            </Anchor>
          </Group>
        </Stack>
      </form>
    </AuthCard>
  );
}
