/** Pages that stand in for others: not found, failed. */

import { failureText, Lines } from '@emban/kit';
import { Anchor, Button, Stack, Text, Title } from '@mantine/core';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { Link } from '@tanstack/react-router';
import { words } from '../words/words.ts';

export function NotFound() {
  return (
    <Stack component="main" className="page" align="center" py={80}>
      <Title order={1}>{words.shell.notFound}</Title>
      <Text c="dimmed">{words.shell.notFoundHelp}</Text>
      <Anchor component={Link} to="/">
        {words.shell.toStart}
      </Anchor>
    </Stack>
  );
}

export function PageFailed({ error, reset }: ErrorComponentProps) {
  return (
    <Stack className="page" align="center" py={80}>
      <Title order={1}>{words.shell.pageFailed}</Title>
      <Text c="dimmed">{failureText(error)}</Text>
      <Button onClick={reset}>{words.shell.tryAgain}</Button>
    </Stack>
  );
}

/** While a page's own code is on its way. */
export function PageWaiting() {
  return (
    <div className="page">
      <Lines count={6} />
    </div>
  );
}
