/** Pages that stand in for others: not found, failed. */

import { Anchor, Button, Stack, Text, Title } from '@mantine/core';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { Link } from '@tanstack/react-router';
import { failureText } from '../parts/States.tsx';

export function NotFound() {
  return (
    <Stack className="page" align="center" py={80}>
      <Title order={1}>There is nothing at this address</Title>
      <Text c="dimmed">It may have been deleted, or it belongs to another org.</Text>
      <Anchor component={Link} to="/">
        Go to the start
      </Anchor>
    </Stack>
  );
}

export function PageFailed({ error, reset }: ErrorComponentProps) {
  return (
    <Stack className="page" align="center" py={80}>
      <Title order={1}>This page could not be shown</Title>
      <Text c="dimmed">{failureText(error)}</Text>
      <Button onClick={reset}>Try again</Button>
    </Stack>
  );
}
