/** What is different, a line for each change. */

import { Badge, Group, Stack, Text } from '@mantine/core';
import { words } from '../../../../words/builder-words.ts';
import type { Change } from '../core/difference.ts';

const say = words.builder.publish;
const COLOURS = {
  added: 'var(--emban-positive)',
  removed: 'var(--emban-negative)',
  changed: 'var(--emban-muted)',
} as const;

export function Changes({ changes }: { changes: readonly Change[] }) {
  if (changes.length === 0) return <Text size="sm">{say.same}</Text>;
  return (
    <Stack gap={6} component="ul" className="builder-changes">
      {changes.map(({ sign, what, parts }) => (
        <Group component="li" key={`${sign} ${what} ${parts}`} gap="xs" wrap="nowrap" align="baseline">
          <Badge variant="outline" color="gray" c={COLOURS[sign]} size="sm" className="builder-change">
            {say[sign]}
          </Badge>
          <Text size="sm">
            {what}
            {parts && (
              <Text span size="sm" c="dimmed">
                {` · ${parts}`}
              </Text>
            )}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}
