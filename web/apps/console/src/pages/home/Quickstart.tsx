/** From a key to a customer's dashboard, step by step, each with the proof that it is done. */

import { failureText, Time } from '@emban/kit';
import { Alert, Anchor, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import { Snippets } from '../../parts/Snippets.tsx';
import { eventSnippets } from '../../parts/snippets.ts';
import { type DashboardItem, keysQuery, useEnvironmentQuery } from '../../queries.ts';
import { useFreshKey } from '../../session.ts';
import { words } from '../../words/words.ts';
import { FreshKeyNotice } from '../keys/FreshKey.tsx';
import { MakeDashboard, Seed, useSeed } from './actions.tsx';
import type { FirstEvent } from './first-event.ts';

const say = words.home;
const NewKeyModal = lazy(() => import('../keys/NewKey.tsx').then((one) => ({ default: one.NewKeyModal })));

function Step({
  number,
  done,
  title,
  children,
}: {
  number: number;
  done: boolean;
  title: string;
  children: ReactNode;
}) {
  return (
    <section className="step">
      <span className={done ? 'step-mark step-done' : 'step-mark'}>
        {done ? <IconCheck size={14} stroke={3} aria-label={say.done} /> : number}
      </span>
      <Stack gap="xs">
        <Title order={3} mt={3}>
          {title}
        </Title>
        {children}
      </Stack>
    </section>
  );
}

function KeyStep() {
  const fresh = useFreshKey();
  const keys = useEnvironmentQuery(keysQuery);
  const [opened, { open, close }] = useDisclosure(false);
  const count = keys.data?.items.length ?? 0;
  return (
    <Step number={1} done={fresh !== null || count > 0} title={say.keyTitle}>
      {opened && (
        <Suspense>
          <NewKeyModal opened close={close} />
        </Suspense>
      )}
      {fresh ? (
        <FreshKeyNotice />
      ) : (
        <Group gap="sm">
          <Text size="sm" c="dimmed">
            {say.keys(count)} {say.keysHelp}
          </Text>
          <Button size="xs" variant="default" onClick={open}>
            {say.newKey}
          </Button>
        </Group>
      )}
    </Step>
  );
}

function EventStep({ found }: { found: FirstEvent }) {
  const fresh = useFreshKey();
  const events = found.data?.events ?? 0;
  const seed = useSeed();
  const key = fresh?.key ?? 'YOUR_API_KEY';
  return (
    <Step number={2} done={events > 0} title={say.eventTitle}>
      <Snippets snippets={eventSnippets({ origin: location.origin, key })} />
      <Arrival found={found} />
      {(events === 0 || seed.isPending) && <Seed seed={seed} />}
    </Step>
  );
}

function Arrival({ found }: { found: FirstEvent }) {
  if (found.error) return <Text size="sm">{failureText(found.error)}</Text>;
  const { events = 0, last_seen: last, event_names: names = [] } = found.data ?? {};
  return (
    <Group gap="xs" role="status">
      <span className={events > 0 ? 'live-dot on' : 'live-dot'} aria-hidden="true" />
      {events > 0 ? (
        <Text size="sm">
          <b>{say.received}</b> {say.soFar(events.toLocaleString())}
          <Time at={last} />
          {names[0] ? ` (${names[0].name})` : ''}.
        </Text>
      ) : (
        <Text size="sm" c="dimmed">
          {say.waiting}
        </Text>
      )}
    </Group>
  );
}

function DashboardStep({ found, dashboards }: { found: FirstEvent; dashboards: readonly DashboardItem[] }) {
  return (
    <Step number={3} done={dashboards.length > 0} title={say.generateTitle}>
      <Text size="sm" c="dimmed">
        {say.generateHelp}
      </Text>
      <Group gap="sm">
        <MakeDashboard disabled={!found.data?.events} again={dashboards.length > 0} size="xs" />
        {dashboards.slice(0, 3).map(({ id, name }) => (
          <Anchor key={id} component={Link} to={`/dashboards/${id}`} size="sm">
            {name}
          </Anchor>
        ))}
      </Group>
    </Step>
  );
}

function EmbedStep({ dashboards }: { dashboards: readonly DashboardItem[] }) {
  const published = dashboards.find((one) => one.status === 'published');
  const target = published ?? dashboards[0];
  const toShow = published ? { dashboard: published.id } : {};
  return (
    <Step number={4} done={published !== undefined} title={say.publishTitle}>
      <Text size="sm" c="dimmed">
        {say.publishHelp}
      </Text>
      <Group>
        {target ? (
          <Button
            size="xs"
            variant="default"
            renderRoot={(props) => (
              <Link {...props} to={published ? '/embed' : `/dashboards/${target.id}`} search={toShow as never} />
            )}
          >
            {published ? say.seeAsCustomer : say.open(target.name)}
          </Button>
        ) : (
          <Button size="xs" variant="default" disabled>
            {say.seeAsCustomer}
          </Button>
        )}
      </Group>
    </Step>
  );
}

interface Props {
  readonly found: FirstEvent;
  readonly dashboards: readonly DashboardItem[];
  readonly admin: boolean;
}

export function Quickstart({ found, dashboards, admin }: Props) {
  return (
    <div className="panel">
      <Title order={2} mb="xs">
        {say.quickstart}
      </Title>
      {!admin && (
        <Alert variant="outline" mb="sm">
          {say.needsAdmin}
        </Alert>
      )}
      {admin && <KeyStep />}
      {admin && <EventStep found={found} />}
      {admin && <DashboardStep found={found} dashboards={dashboards} />}
      <EmbedStep dashboards={dashboards} />
    </div>
  );
}
