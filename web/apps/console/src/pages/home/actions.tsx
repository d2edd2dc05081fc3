/** The two buttons of the quickstart that make something. */

import { bodyOf } from '@emban/api/console';
import { Progress } from '@emban/kit';
import { Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useChange } from '../../change.ts';
import { discoverQuery } from '../../queries.ts';
import { useEnvironment } from '../../session.ts';
import { words } from '../../words/words.ts';

const say = words.home;
/** How often the count of what has arrived is asked while sample events are sent. */
const COUNT_MS = 1000;

export function useMakeDashboard() {
  const navigate = useNavigate();
  return useChange({
    run: async (_: undefined, { client }) => bodyOf(await client.POST('/v1/discover/auto-create', { body: {} })),
    touches: ['dashboards', 'billing'],
    onDone: (made) => navigate({ to: '/dashboards/$id', params: { id: made.dashboard_id } }),
  });
}

interface MakeProps {
  readonly disabled?: boolean;
  readonly again?: boolean;
  readonly size?: 'xs' | 'sm';
}

export function MakeDashboard({ disabled = false, again = false, size = 'sm' }: MakeProps) {
  const make = useMakeDashboard();
  return (
    <Button
      size={size}
      variant={again ? 'default' : 'filled'}
      disabled={disabled}
      loading={make.isPending}
      onClick={() => make.mutate(undefined)}
    >
      {again ? say.generateAgain : say.generate}
    </Button>
  );
}

/** How many events have arrived, while they are being sent. */
function Arriving() {
  const count = useQuery({ ...discoverQuery(useEnvironment()), refetchInterval: COUNT_MS }).data?.events ?? 0;
  return <Progress label={say.seeding} done={count} unit={say.events} />;
}

/** Filling the environment with sample events. For the step that shows it: it goes on when the first of them are there. */
export function useSeed() {
  return useChange({
    run: (_: undefined, { client }) => client.POST('/v1/onboarding/seed', { body: {} }),
    touches: ['discover', 'dashboards', 'tenants', 'billing'],
    done: say.seeded,
  });
}

export function Seed({ seed }: { seed: ReturnType<typeof useSeed> }) {
  if (seed.isPending) return <Arriving />;
  return (
    <Group gap="sm">
      <Text size="sm" c="dimmed">
        {say.noEvents}
      </Text>
      <Button size="xs" variant="default" onClick={() => seed.mutate(undefined)}>
        {say.seed}
      </Button>
    </Group>
  );
}
