/** Making an account: a person, an org, its environments and its first key. */

import { fieldErrors } from '@emban/api/console';
import { Anchor, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { registrationQuery } from '../queries.ts';
import { rememberKey, useClient } from '../session.ts';
import { AuthCard } from './AuthCard.tsx';

export const LEAST_PASSWORD = 10;

export function passwordProblem(password: string): string | null {
  if (password.length < LEAST_PASSWORD) return `At least ${LEAST_PASSWORD} characters`;
  // More bytes than the hash takes in: refused by the API rather than cut.
  return new TextEncoder().encode(password).length > 72 ? 'At most 72 bytes' : null;
}

interface Values {
  email: string;
  password: string;
  org_name: string;
}

function useRegister() {
  const client = useClient();
  const cache = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: async (body: Values) => (await client.POST('/v1/auth/register', { body })).data,
    onSuccess: async (made) => {
      cache.clear();
      if (made)
        rememberKey({ key: made.api_key.key, environment: made.api_key.environment, scope: made.api_key.scope });
      await router.navigate({ to: '/' });
    },
  });
}

/** The page, by what the installation lets a stranger do: the first account, another one, or none without an invitation. */
export function Register() {
  const registration = useQuery(registrationQuery).data;
  if (registration && !registration.open) return <ByInvitation />;
  return <RegisterForm first={registration?.first ?? false} />;
}

function ByInvitation() {
  const about = 'New accounts are made by invitation here. Ask an admin of your org to invite you by email.';
  return (
    <AuthCard title="Registration is closed" about={about} error={null} foot={<HaveAccount />}>
      <Button component={Link} to="/login" variant="default">
        Sign in
      </Button>
    </AuthCard>
  );
}

function HaveAccount() {
  return (
    <>
      Have an account?{' '}
      <Anchor component={Link} to="/login">
        Sign in
      </Anchor>
    </>
  );
}

function RegisterForm({ first }: { first: boolean }) {
  const register = useRegister();
  const form = useForm<Values>({
    initialValues: { email: '', password: '', org_name: '' },
    validate: {
      email: (value) => (value.includes('@') ? null : 'Enter your email address'),
      password: passwordProblem,
      org_name: (value) => (value.trim() ? null : 'Enter the name of your company or product'),
    },
  });
  const submit = form.onSubmit((values) =>
    register.mutate(values, { onError: (error) => form.setErrors(fieldErrors(error)) }),
  );
  const about = 'You get an org with two environments, prod and dev, and a first API key.';
  const title = first ? 'Create the first account' : 'Make an account';
  return (
    <AuthCard title={title} about={about} error={register.error} foot={<HaveAccount />}>
      <form onSubmit={submit} noValidate>
        <Stack>
          <TextInput
            label="Company or product"
            autoComplete="organization"
            autoFocus
            {...form.getInputProps('org_name')}
          />
          <TextInput label="Email" type="email" autoComplete="username" {...form.getInputProps('email')} />
          <PasswordInput
            label="Password"
            description={`${LEAST_PASSWORD} characters or more`}
            autoComplete="new-password"
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={register.isPending}>
            Make the account
          </Button>
        </Stack>
      </form>
    </AuthCard>
  );
}
