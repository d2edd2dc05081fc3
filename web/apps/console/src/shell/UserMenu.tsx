/** Light or dark, and the way out. */

import { type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core';
import { IconCheck, IconLogout } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { knowPerson } from '../expiry.ts';
import { rememberKey, useClient } from '../session.ts';
import { words } from '../words/words.ts';
import { PersonButton } from './PersonButton.tsx';

const SCHEMES: readonly MantineColorScheme[] = ['auto', 'light', 'dark'];

export function useSignOut() {
  const client = useClient();
  const cache = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => client.POST('/v1/auth/logout'),
    onSuccess: async () => {
      rememberKey(null);
      knowPerson(null);
      await navigate({ to: '/login' });
      cache.clear();
    },
  });
}

export function UserMenu({ narrow }: { narrow: boolean }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  return (
    <Menu width={220} position={narrow ? 'right-end' : 'top-start'} defaultOpened>
      <Menu.Target>
        <PersonButton narrow={narrow} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{words.shell.appearance}</Menu.Label>
        {SCHEMES.map((scheme) => (
          <Menu.Item
            key={scheme}
            onClick={() => setColorScheme(scheme)}
            rightSection={scheme === colorScheme ? <IconCheck size={14} aria-label={words.kit.chosen} /> : null}
          >
            {words.shell.schemes[scheme]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate()}>
          {words.shell.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
