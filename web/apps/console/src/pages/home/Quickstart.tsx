/** From a key to a customer's dashboard, step by step, each with the proof that it is done. */

import { Alert, Anchor, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { FreshKeyNotice, NewKeyModal } from '../../parts/NewKey.tsx';
import { Snippets } from '../../parts/Snippets.tsx';
import { failureText } from '../../parts/States.tsx';
import { eventSnippets } from '../../parts/snippets.ts';
import { When } from '../../parts/When.tsx';
import { type DashboardItem, keysQuery, useEnvironmentQuery } from '../../queries.ts';
import { useFreshKey } from '../../session.ts';
import { MakeDashboard, Seed } from './actions.tsx';
import type { FirstEvent } from './first-event.ts';

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
        {done ? <IconCheck size={14} stroke={3} aria-label="done" /> : number}
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
    <Step number={1} done={fresh !== null || count > 0} title="Keep your API key">
      <NewKeyModal opened={opened} close={close} />
      {fresh ? (
        <FreshKeyNotice />
      ) : (
        <Group gap="sm">
          <Text size="sm" c="dimmed">
            {count === 1 ? 'There is one key.' : `There are ${count} keys.`} Keys cannot be shown again; make a new one
            to have it filled in below.
          </Text>
          <Button size="xs" variant="default" onClick={open}>
            New key
          </Button>
        </Group>
      )}
    </Step>
  );
}

function EventStep({ found }: { found: FirstEvent }) {
  const fresh = useFreshKey();
  const events = found.data?.events ?? 0;
  const key = fresh?.key ?? 'YOUR_API_KEY';
  return (
    <Step number={2} done={events > 0} title="Send a first event from your backend">
      <Snippets snippets={eventSnippets({ origin: location.origin, key })} />
      <Arrival found={found} />
      {events === 0 && <Seed />}
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
          <b>First event received.</b> {events.toLocaleString('en')} so far, the latest <When at={last} />
          {names[0] ? ` (${names[0].name})` : ''}.
        </Text>
      ) : (
        <Text size="sm" c="dimmed">
          Waiting for the first event…
        </Text>
      )}
    </Group>
  );
}

function DashboardStep({ found, dashboards }: { found: FirstEvent; dashboards: readonly DashboardItem[] }) {
  return (
    <Step number={3} done={dashboards.length > 0} title="Have a dashboard made from what was found">
      <Text size="sm" c="dimmed">
        Figures, trends, breakdowns and a table, chosen by what your events contain. It is a draft until you publish it.
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
  return (
    <Step number={4} done={published !== undefined} title="Publish it, and show it to a customer">
      <Text size="sm" c="dimmed">
        Your backend asks for an embed session for the customer who is signed in, and puts its address into an iframe.
      </Text>
      <Group>
        {target ? (
          <Button
            size="xs"
            variant="default"
            renderRoot={(props) => (
              <Link {...props} to={`/dashboards/${target.id}`} search={{ tab: 'embed' } as never} />
            )}
          >
            {published ? 'See it as a customer' : `Open ${target.name}`}
          </Button>
        ) : (
          <Button size="xs" variant="default" disabled>
            See it as a customer
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
        From your backend to your customer
      </Title>
      {!admin && (
        <Alert variant="outline" mb="sm">
          Keys and events need the role admin. You can look at the published dashboards.
        </Alert>
      )}
      {admin && <KeyStep />}
      {admin && <EventStep found={found} />}
      {admin && <DashboardStep found={found} dashboards={dashboards} />}
      <EmbedStep dashboards={dashboards} />
    </div>
  );
}
