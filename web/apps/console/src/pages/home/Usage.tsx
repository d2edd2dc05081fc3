/** How much of the plan this month has taken. */

import { Group, Progress, Stack, Text, Title } from '@mantine/core';
import { Loaded } from '../../parts/States.tsx';
import { billingQuery, useEnvironmentQuery } from '../../queries.ts';

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
          {used.toLocaleString('en')} of {limit === null ? 'no limit' : limit.toLocaleString('en')}
        </Text>
      </Group>
      {limit !== null && (
        <Progress value={Math.min(100, share)} color={colour} size={6} mt={4} aria-label={`${name} used`} />
      )}
    </div>
  );
}

export function Usage() {
  const billing = useEnvironmentQuery(billingQuery);
  return (
    <div className="panel">
      <Title order={2} mb="sm">
        This month
      </Title>
      <Loaded query={billing} lines={3}>
        {(plan) => (
          <Stack gap="sm">
            <Meter name="Events" used={plan.events_used} limit={plan.events_limit} stops />
            <Meter name="Queries" used={plan.queries_used} limit={plan.queries_limit} stops />
            <Meter
              name="Published dashboards"
              used={plan.published_dashboards.used}
              limit={plan.published_dashboards.limit}
            />
            <Meter name="API keys" used={plan.api_keys.used} limit={plan.api_keys.limit} />
            <Text size="xs" c="dimmed">
              The {plan.plan} plan. Meters start again on the 1st, 00:00 UTC.
            </Text>
          </Stack>
        )}
      </Loaded>
    </div>
  );
}
