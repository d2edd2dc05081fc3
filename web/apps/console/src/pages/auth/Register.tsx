/** Making an account: a person, an org, its environments and its first key. */

import { focusErrors, showErrors } from '@emban/kit';
import { Anchor, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { registrationQuery } from '../../queries.ts';
import { rememberKey, useClient } from '../../session.ts';
import { words } from '../../words/words.ts';
import { AuthCard } from './AuthCard.tsx';
import { emailProblem, LEAST_PASSWORD, passwordProblem } from './password.ts';

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
  return (
    <AuthCard title={words.auth.closed} about={words.auth.closedAbout} foot={<HaveAccount />}>
      <Button component={Link} to="/login" variant="default">
        {words.auth.signIn}
      </Button>
    </AuthCard>
  );
}

function HaveAccount() {
  return (
    <>
      {words.auth.haveAccount}{' '}
      <Anchor component={Link} to="/login" underline="always">
        {words.auth.signIn}
      </Anchor>
    </>
  );
}

function RegisterForm({ first }: { first: boolean }) {
  const register = useRegister();
  const [whole, setWhole] = useState<unknown>(null);
  const form = useForm<Values>({
    initialValues: { email: '', password: '', org_name: '' },
    validate: {
      email: emailProblem,
      password: passwordProblem,
      org_name: (value) => (value.trim() ? null : words.auth.enterOrgName),
    },
  });
  const send = (values: Values) => {
    setWhole(null);
    register.mutate(values, { onError: (error) => setWhole(showErrors(form, error) ? null : error) });
  };
  const title = first ? words.auth.first : words.auth.createTitle;
  return (
    <AuthCard title={title} about={words.auth.createAbout} error={whole} foot={first ? null : <HaveAccount />}>
      <form onSubmit={form.onSubmit(send, focusErrors(form))} noValidate>
        <Stack>
          <TextInput
            label={words.auth.orgName}
            autoComplete="organization"
            autoFocus
            {...form.getInputProps('org_name')}
          />
          <TextInput label={words.auth.email} type="email" autoComplete="username" {...form.getInputProps('email')} />
          <PasswordInput
            label={words.auth.password}
            description={words.auth.orMore(LEAST_PASSWORD)}
            autoComplete="new-password"
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={register.isPending}>
            {words.auth.create}
          </Button>
        </Stack>
      </form>
    </AuthCard>
  );
}
