/** The frame of the console: rail on the left, page on the right. */

import { AppShell, Burger, Group, Select } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBook, IconHome, IconKey, IconLayoutDashboard } from '@tabler/icons-react';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import { environmentsQuery, useEnvironmentQuery } from '../queries.ts';
import { DEFAULT_ENVIRONMENT, useEnvironment } from '../session.ts';
import { Brand } from './Brand.tsx';
import { UserMenu } from './UserMenu.tsx';

const PLACES = [
  { to: '/', label: 'Home', Icon: IconHome, exact: true },
  { to: '/dashboards', label: 'Dashboards', Icon: IconLayoutDashboard, exact: false },
  { to: '/keys', label: 'API keys', Icon: IconKey, exact: false },
] as const;

function EnvironmentSwitch() {
  const environment = useEnvironment();
  const navigate = useNavigate();
  const { data } = useEnvironmentQuery(environmentsQuery);
  const names = data?.items.map((one) => one.name) ?? [environment];
  const change = (name: string | null) => {
    // Dashboards and keys belong to one environment: a page about one of them would not exist in the other.
    void navigate({
      to: '/',
      search: name && name !== DEFAULT_ENVIRONMENT ? { env: name } : { env: undefined },
    } as never);
  };
  return (
    <Select
      aria-label="Environment"
      size="xs"
      data={names}
      value={environment}
      onChange={change}
      allowDeselect={false}
      mb="sm"
    />
  );
}

function Rail({ close }: { close: () => void }) {
  return (
    <div className="rail">
      <Group visibleFrom="sm" mb="xs">
        <Link to="/" className="brand">
          <Brand />
        </Link>
      </Group>
      <EnvironmentSwitch />
      {PLACES.map(({ to, label, Icon, exact }) => (
        <Link key={to} to={to} className="rail-link" activeOptions={{ exact, includeSearch: false }} onClick={close}>
          <Icon size={18} stroke={1.6} aria-hidden="true" />
          {label}
        </Link>
      ))}
      <a className="rail-link" href="/docs" target="_blank" rel="noreferrer">
        <IconBook size={18} stroke={1.6} aria-hidden="true" />
        API reference
      </a>
      <UserMenu />
    </div>
  );
}

export function Shell() {
  const [opened, { toggle, close }] = useDisclosure(false);
  return (
    <AppShell
      header={{ height: { base: 52, sm: 0 } }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      transitionDuration={0}
    >
      <AppShell.Header hiddenFrom="sm">
        <Group h="100%" px="sm" justify="space-between">
          <Link to="/" className="brand">
            <Brand />
          </Link>
          <Burger opened={opened} onClick={toggle} size="sm" aria-label={opened ? 'Close the menu' : 'Open the menu'} />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar withBorder={false} aria-label="Console">
        <Rail close={close} />
      </AppShell.Navbar>
      <AppShell.Main>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
