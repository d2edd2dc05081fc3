/** Asking for a link that sets a new password. */

import { bodyOf } from '@emban/api/console';
import { CodeBlock, focusErrors, showErrors } from '@emban/kit';
import { Anchor, Button, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useClient } from '../../session.ts';
import { words } from '../../words/words.ts';
import { AuthCard } from './AuthCard.tsx';
import { emailProblem } from './password.ts';

const RESET_COMMAND = 'emban user reset-password';

function useAsk() {
  const client = useClient();
  return useMutation({
    mutationFn: async (body: { email: string }) => bodyOf(await client.POST('/v1/auth/forgot', { body })),
  });
}

function Back() {
  return (
    <Anchor component={Link} to="/login">
      {words.auth.backToSignIn}
    </Anchor>
  );
}

/** What there is to do now: look into the mailbox, or ask the operator where the installation sends no mail. */
function Asked({ email, mailed }: { email: string; mailed: boolean }) {
  if (mailed) {
    return <AuthCard title={words.auth.forgotSent} about={words.auth.forgotSentAbout(email)} foot={<Back />} />;
  }
  return (
    <AuthCard title={words.auth.forgotNoMail} about={words.auth.forgotNoMailAbout} foot={<Back />}>
      <CodeBlock text={`${RESET_COMMAND} ${email}`} label={words.auth.copyCommand} />
    </AuthCard>
  );
}

export function Forgot() {
  const ask = useAsk();
  const [whole, setWhole] = useState<unknown>(null);
  const form = useForm({ initialValues: { email: '' }, validate: { email: emailProblem } });
  if (ask.data) return <Asked email={ask.variables.email} mailed={ask.data.mail_configured} />;
  const send = ({ email }: { email: string }) => {
    setWhole(null);
    ask.mutate({ email: email.trim() }, { onError: (error) => setWhole(showErrors(form, error) ? null : error) });
  };
  return (
    <AuthCard title={words.auth.forgotTitle} about={words.auth.forgotAbout} error={whole} foot={<Back />}>
      <form onSubmit={form.onSubmit(send, focusErrors(form))} noValidate>
        <Stack>
          <TextInput
            label={words.auth.email}
            type="email"
            autoComplete="username"
            autoFocus
            {...form.getInputProps('email')}
          />
          <Button type="submit" loading={ask.isPending}>
            {words.auth.forgotSend}
          </Button>
        </Stack>
      </form>
    </AuthCard>
  );
}
