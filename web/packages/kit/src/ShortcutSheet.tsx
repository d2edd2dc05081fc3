/** The list of shortcuts that work on this page, by "?". */

import { Group, Kbd, Modal, Stack, Text, Title } from '@mantine/core';
import { Fragment } from 'react';
import { type Shortcut, useOpenShortcuts } from './shortcuts.ts';
import { keyNames, kitWords } from './words.ts';

const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

function keyName(key: string): string {
  if (key === 'mod' && isMac) return '⌘';
  return keyNames[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}

/** The keys of a shortcut, drawn as keys. */
export function Keys({ keys }: { keys: string }) {
  return (
    <Group gap={4} wrap="nowrap" className="kit-keys">
      {keys.split(' ').map((press, at) => (
        <Fragment key={press}>
          {at > 0 && (
            <Text size="xs" c="dimmed">
              {kitWords.shortcuts.afterwards}
            </Text>
          )}
          {press.split('+').map((key) => (
            <Kbd key={key}>{keyName(key)}</Kbd>
          ))}
        </Fragment>
      ))}
    </Group>
  );
}

function byGroup(shortcuts: readonly Shortcut[]): [string, Shortcut[]][] {
  const groups = new Map<string, Shortcut[]>();
  for (const one of shortcuts) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  return [...groups];
}

export function ShortcutSheet({ opened, close }: { opened: boolean; close: () => void }) {
  const shortcuts = useOpenShortcuts();
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={kitWords.shortcuts.title}
      size="lg"
      closeButtonProps={{ 'aria-label': kitWords.close }}
    >
      <div className="kit-shortcuts">
        {byGroup(shortcuts).map(([group, entries]) => (
          <Stack key={group} gap={6}>
            <Title order={3}>{group}</Title>
            {entries.map(({ keys, label }) => (
              <Group key={keys} justify="space-between" wrap="nowrap">
                <Text size="sm">{label}</Text>
                <Keys keys={keys} />
              </Group>
            ))}
          </Stack>
        ))}
      </div>
    </Modal>
  );
}
