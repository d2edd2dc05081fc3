/** Who is signed in, light or dark, and the way out. */

import { type MantineColorScheme, Menu, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { IconCheck, IconLogout, IconSelector } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { rememberKey, useClient, useMe } from '../session.ts';

const SCHEMES: readonly (readonly [MantineColorScheme, string])[] = [
  ['auto', 'Like the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

function useSignOut() {
  const client = useClient();
  const cache = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => client.POST('/v1/auth/logout'),
    onSuccess: async () => {
      rememberKey(null);
      await navigate({ to: '/login' });
      cache.clear();
    },
  });
}

export function UserMenu() {
  const me = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  return (
    <Menu width={220} position="top-start">
      <Menu.Target>
        <UnstyledButton className="rail-link" mt="auto">
          <span style={{ flex: 1, minWidth: 0 }}>
            <Text size="sm" truncate fw={600} c="var(--emban-text)">
              {me?.org.name ?? '…'}
            </Text>
            <Text size="xs" truncate c="dimmed">
              {me?.user?.email ?? ''}
            </Text>
          </span>
          <IconSelector size={16} aria-hidden="true" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Appearance</Menu.Label>
        {SCHEMES.map(([scheme, label]) => (
          <Menu.Item
            key={scheme}
            onClick={() => setColorScheme(scheme)}
            rightSection={scheme === colorScheme ? <IconCheck size={14} aria-label="chosen" /> : null}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
