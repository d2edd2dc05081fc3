/** What a page shows before it has something to show, or when it has nothing. */

import { ApiFailure } from '@emban/api';
import { Alert, Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';

export function Lines({ count = 4 }: { count?: number }) {
  const keys = Array.from({ length: count }, (_, i) => `line-${i}`);
  return (
    <Stack gap="sm" aria-busy="true" role="status" aria-label="Loading">
      {keys.map((key) => (
        <Skeleton key={key} height={36} />
      ))}
    </Stack>
  );
}

/** A failure in words: what happened, whether data is safe, and what to do. */
export function failureText(error: unknown): string {
  if (!(error instanceof ApiFailure)) return 'Something went wrong in this page. Your data is safe.';
  if (error.status === 0) return 'The server cannot be reached. Your data is safe; check the connection.';
  const words = error.message.charAt(0).toUpperCase() + error.message.slice(1);
  const sentence = /[.!?]$/.test(words) ? words : `${words}.`;
  if (error.status === 402 && typeof error.details.upgrade_to === 'string') {
    return `${sentence} The ${error.details.upgrade_to} plan opens it.`;
  }
  return error.status >= 500 ? `${sentence} Your data is safe.` : sentence;
}

export function Failed({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  return (
    <Alert color="red" variant="outline" icon={<IconAlertTriangle size={18} />} title="This could not be loaded">
      <Group justify="space-between" align="center">
        <Text size="sm">{failureText(error)}</Text>
        {retry && (
          <Button variant="default" size="xs" onClick={retry}>
            Try again
          </Button>
        )}
      </Group>
    </Alert>
  );
}

export function Empty({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" ta="center">
      <Text fw={600}>{title}</Text>
      <Text size="sm" c="dimmed" maw={460}>
        {children}
      </Text>
      {action}
    </Stack>
  );
}

interface Asked<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly isPending: boolean;
  refetch(): unknown;
}

/** A query's answer, or the state that it is in. */
export function Loaded<T>({
  query,
  lines,
  children,
}: {
  query: Asked<T>;
  lines?: number;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.isPending) return <Lines count={lines ?? 4} />;
  return <Failed error={query.error} retry={() => void query.refetch()} />;
}
