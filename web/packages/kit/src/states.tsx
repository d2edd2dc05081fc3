/** What a page shows before it has something to show, or when it has nothing. */

import { Alert, Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { failureText } from './failure.ts';
import { useLate } from './late.ts';
import { kitWords } from './words.ts';

interface LinesProps {
  /** How many lines will be there. */
  readonly count?: number;
  /** Height of one of them in px. */
  readonly height?: number;
}

/** Grey lines in the place of those that will come. The place is theirs from the start; they are drawn after 200 ms. */
export function Lines({ count = 4, height = 36 }: LinesProps) {
  const late = useLate(true);
  const keys = Array.from({ length: count }, (_, i) => `line-${i}`);
  return (
    <Stack gap="sm" aria-busy="true" role="status" aria-label={kitWords.loading} className={late ? '' : 'kit-early'}>
      {keys.map((key) => (
        <Skeleton key={key} height={height} />
      ))}
    </Stack>
  );
}

export function Failed({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  return (
    <Alert color="red" variant="outline" icon={<IconAlertTriangle size={18} />} title={kitWords.notLoaded}>
      <Group justify="space-between" align="center">
        <Text size="sm">{failureText(error)}</Text>
        {retry && (
          <Button variant="default" size="xs" onClick={retry}>
            {kitWords.tryAgain}
          </Button>
        )}
      </Group>
    </Alert>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly children?: ReactNode;
  /** The one thing to do next. */
  readonly action?: ReactNode;
}

export function EmptyState({ title, children, action }: EmptyProps) {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" ta="center">
      <Text fw={600}>{title}</Text>
      {children && (
        <Text size="sm" c="dimmed" maw={460}>
          {children}
        </Text>
      )}
      {action}
    </Stack>
  );
}

/** A query of TanStack Query, as far as its states are concerned. */
export interface Asked<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly isPending: boolean;
  refetch(): unknown;
}

interface LoadedProps<T> extends LinesProps {
  readonly query: Asked<T>;
  /** How many lines stand for the answer while it is awaited. */
  readonly lines?: number;
  readonly children: (data: T) => ReactNode;
}

/** A query's answer, or the state that it is in. */
export function Loaded<T>({ query, lines = 4, height, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isPending) return <Lines count={lines} {...(height ? { height } : {})} />;
  return <Failed error={query.error} retry={() => void query.refetch()} />;
}
