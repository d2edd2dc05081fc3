/** Signing in. */

import { Anchor, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { registrationQuery } from '../queries.ts';
import { useClient } from '../session.ts';
import { AuthCard } from './AuthCard.tsx';

/** Where to go after signing in: a place of the console, never another site. */
export function safeNext(next: string | undefined): string {
  return next?.startsWith('/') && !next.startsWith('//') ? next : '/';
}

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

export function Login() {
  const login = useLogin();
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: {
      email: (value) => (value.includes('@') ? null : 'Enter your email address'),
      password: (value) => (value ? null : 'Enter your password'),
    },
  });
  const registration = useQuery(registrationQuery).data;
  const foot =
    registration && !registration.open ? (
      'New here? Ask an admin of your org for an invitation.'
    ) : (
      <>
        New here?{' '}
        <Anchor component={Link} to="/register">
          {registration?.first ? 'Create the first account' : 'Make an account'}
        </Anchor>
      </>
    );
  return (
    <AuthCard title="Sign in" error={login.error} foot={foot}>
      <form onSubmit={form.onSubmit((values) => login.mutate(values))} noValidate>
        <Stack>
          <TextInput label="Email" type="email" autoComplete="username" autoFocus {...form.getInputProps('email')} />
          <PasswordInput label="Password" autoComplete="current-password" {...form.getInputProps('password')} />
          <Button type="submit" loading={login.isPending}>
            Sign in
          </Button>
        </Stack>
      </form>
    </AuthCard>
  );
}
