/** The card that the pages before the console share. */

import { Alert, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { failureText } from '../parts/States.tsx';
import { Brand } from '../shell/Brand.tsx';

interface Props {
  readonly title: string;
  readonly about?: string;
  readonly error: unknown;
  readonly children: ReactNode;
  readonly foot: ReactNode;
}

export function AuthCard({ title, about, error, children, foot }: Props) {
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
                <Text size="sm" c="dimmed">
                  {about}
                </Text>
              )}
            </div>
            {Boolean(error) && (
              <Alert color="red" variant="outline" role="alert">
                {failureText(error)}
              </Alert>
            )}
            {children}
          </Stack>
        </div>
        <Text size="sm" c="dimmed" ta="center">
          {foot}
        </Text>
      </Stack>
    </main>
  );
}
