/** How much of the plan this month has taken. */

import { Loaded } from '@emban/kit';
import { Group, Progress, Stack, Text, Title } from '@mantine/core';
import { billingQuery, useEnvironmentQuery } from '../../queries.ts';
import { words } from '../../words/words.ts';

const say = words.home;

interface MeterProps {
  readonly name: string;
  readonly used: number;
  readonly limit: number | null;
  /** What stops when it is full is worth a warning; a number of things that exist is not. */
  readonly stops?: boolean;
}

function Meter({ name, used, limit, stops = false }: MeterProps) {
  const share = limit ? (used / limit) * 100 : 0;
  const colour = !stops || share < 80 ? 'emban' : share < 100 ? 'orange' : 'red';
  return (
    <div>
      <Group justify="space-between" gap="xs">
        <Text size="sm">{name}</Text>
        <Text size="sm" c="dimmed" className="tabular">
          {limit === null
            ? say.unlimited(used.toLocaleString())
            : say.of(used.toLocaleString(), limit.toLocaleString())}
        </Text>
      </Group>
      {limit !== null && (
        <Progress value={Math.min(100, share)} color={colour} size={6} mt={4} aria-label={say.used(name)} />
      )}
    </div>
  );
}

export function Usage() {
  const billing = useEnvironmentQuery(billingQuery);
  return (
    <div className="panel">
      <Title order={2} mb="sm">
        {say.month}
      </Title>
      <Loaded query={billing} lines={3}>
        {(plan) => (
          <Stack gap="sm">
            <Meter name={say.meters.events} used={plan.events_used} limit={plan.events_limit} stops />
            <Meter name={say.meters.queries} used={plan.queries_used} limit={plan.queries_limit} stops />
            <Meter
              name={say.meters.dashboards}
              used={plan.published_dashboards.used}
              limit={plan.published_dashboards.limit}
            />
            <Meter name={say.meters.keys} used={plan.api_keys.used} limit={plan.api_keys.limit} />
            <Text size="xs" c="dimmed">
              {say.plan(plan.plan)}
            </Text>
          </Stack>
        )}
      </Loaded>
    </div>
  );
}
