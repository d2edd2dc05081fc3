/** What the palette finds: pages, dashboards, customers, keys, environments and actions. */

import { type Command, CommandPalette } from '@emban/kit/palette';
import { useMantineColorScheme } from '@mantine/core';
import type { SpotlightStore } from '@mantine/spotlight';
import { IconKey, IconLayoutDashboard, IconUser } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { dashboardsQuery, environmentsQuery, keysQuery, tenantsQuery } from '../queries.ts';
import { useCan, useEnvironment } from '../session.ts';
import { words } from '../words/words.ts';
import { useSwitchEnvironment } from './environment.ts';
import { PLACES } from './places.tsx';
import { useSignOut } from './UserMenu.tsx';

const { groups, places, schemes, signOut: signOutWord, shortcuts, switchTo } = words.shell;

function usePages(): Command[] {
  const navigate = useNavigate();
  return PLACES.map(({ to, label, Icon, jump }) => ({
    id: `page ${to}`,
    label,
    group: groups.goTo,
    icon: <Icon size={18} stroke={1.6} />,
    run: () => void navigate({ to } as never),
    ...(jump ? { keys: `g ${jump}` } : {}),
  }));
}

function useThings(): Command[] {
  const navigate = useNavigate();
  const environment = useEnvironment();
  const admin = useCan('admin');
  const dashboards = useQuery(dashboardsQuery(environment)).data?.items ?? [];
  const keys = useQuery({ ...keysQuery(environment), enabled: admin }).data?.items ?? [];
  const tenants = useQuery({ ...tenantsQuery(environment), enabled: dashboards.length > 0 }).data ?? [];
  const first = dashboards[0];
  return [
    ...dashboards.map((one) => ({
      id: `dashboard ${one.id}`,
      label: one.name,
      group: places.dashboards,
      icon: <IconLayoutDashboard size={18} stroke={1.6} />,
      run: () => void navigate({ to: `/dashboards/${one.id}` } as never),
    })),
    ...tenants.map((one) => ({
      id: `customer ${one.id}`,
      label: one.id,
      group: groups.customers,
      icon: <IconUser size={18} stroke={1.6} />,
      run: () => void navigate({ to: `/dashboards/${first?.id}`, search: { tenant: one.id } } as never),
    })),
    ...keys.map((one) => ({
      id: `key ${one.id}`,
      label: one.label,
      about: `${one.prefix}…`,
      group: places.keys,
      icon: <IconKey size={18} stroke={1.6} />,
      run: () => void navigate({ to: '/keys', search: { q: one.label } } as never),
    })),
  ];
}

function useActions(openShortcuts: () => void): Command[] {
  const { setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  const change = useSwitchEnvironment();
  const environment = useEnvironment();
  const others = (useQuery(environmentsQuery(environment)).data?.items ?? []).filter((one) => one.name !== environment);
  const group = groups.actions;
  return [
    ...others.map(({ name }) => ({
      id: `environment ${name}`,
      label: switchTo(name),
      group: groups.environments,
      run: () => change(name),
    })),
    { id: 'shortcuts', label: shortcuts, group, keys: '?', run: openShortcuts },
    ...(['auto', 'light', 'dark'] as const).map((scheme) => ({
      id: `scheme ${scheme}`,
      label: `${words.shell.appearance}: ${schemes[scheme]}`,
      group,
      run: () => setColorScheme(scheme),
    })),
    { id: 'sign-out', label: signOutWord, group, run: () => signOut.mutate() },
  ];
}

export function Palette({ store, openShortcuts }: { store: SpotlightStore; openShortcuts: () => void }) {
  const commands = [...usePages(), ...useThings(), ...useActions(openShortcuts)];
  return <CommandPalette store={store} commands={commands} />;
}
