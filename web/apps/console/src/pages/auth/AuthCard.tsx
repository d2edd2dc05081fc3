/** The card that the pages before the console share. */

import { failureText } from '@emban/kit';
import { Alert, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Brand } from '../../shell/Brand.tsx';

interface Props {
  readonly title: string;
  readonly about?: ReactNode;
  /** What went wrong with the form as a whole. */
  readonly error?: unknown;
  /** The error in words of the page's own. */
  readonly says?: string | null;
  readonly children?: ReactNode;
  readonly foot?: ReactNode;
}

export function AuthCard({ title, about, error, says, children, foot }: Props) {
  useDocumentTitle(`${title} · Emban`);
  return (
    <main className="auth">
      <Stack className="auth-card" gap="md">
        <span className="brand">
          <Brand />
        </span>
        <div className="panel">
          <Stack gap="md" p="xs">
            <div>
              <Title order={1}>{title}</Title>
              {about && (
                <Text size="sm" c="dimmed" component="div" mt={4}>
                  {about}
                </Text>
              )}
            </div>
            {Boolean(error) && (
              <Alert color="red" variant="outline" role="alert">
                {says ?? failureText(error)}
              </Alert>
            )}
            {children}
          </Stack>
        </div>
        {foot && (
          <Text size="sm" c="dimmed" ta="center" component="div">
            {foot}
          </Text>
        )}
      </Stack>
    </main>
  );
}
