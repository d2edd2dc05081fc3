/** The one time that a key can be read. */

import { CodeBlock } from '@emban/kit';
import { Stack, Text } from '@mantine/core';
import { useFreshKey } from '../../session.ts';
import { words } from '../../words/words.ts';

const say = words.keys;

/** The raw key, with what it is good for. It is gone when the page is left. */
export function FreshKeyNotice() {
  const fresh = useFreshKey();
  if (!fresh) return null;
  return (
    <Stack gap="xs">
      <CodeBlock text={fresh.key} label={say.copy} />
      <Text size="xs" c="dimmed">
        {say.once}
      </Text>
    </Stack>
  );
}
