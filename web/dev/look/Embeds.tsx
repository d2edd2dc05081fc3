/** The embed page as it was built, over answers that are made up: one link for each situation. */

import { Anchor, List, Title } from '@mantine/core';

const SITUATIONS = [
  'ok',
  'windows',
  'expired',
  'revoked',
  'unpublished',
  'empty',
  'blank',
  'error',
  'partial',
  'slow',
] as const;

export function Embeds() {
  return (
    <div className="page">
      <Title order={1} mb="md">
        Embed page
      </Title>
      <List>
        {SITUATIONS.map((token) => (
          <List.Item key={token}>
            <Anchor href={`/embed/dash_fixture?token=${token}`}>{token}</Anchor>
          </List.Item>
        ))}
      </List>
    </div>
  );
}
