/** The start: what to do next until a customer sees a dashboard, and how much of the plan is used. */

import { Grid, Stack } from '@mantine/core';
import { PageHead } from '../../parts/PageHead.tsx';
import { dashboardsQuery, useEnvironmentQuery } from '../../queries.ts';
import { useCan, useEnvironment, useMe } from '../../session.ts';
import { useFirstEvent } from './first-event.ts';
import { Quickstart } from './Quickstart.tsx';
import { Usage } from './Usage.tsx';

export function Home() {
  const me = useMe();
  const environment = useEnvironment();
  const admin = useCan('admin');
  const found = useFirstEvent(admin);
  const dashboards = useEnvironmentQuery(dashboardsQuery);
  const about = `The ${environment} environment of ${me?.org.name ?? 'your org'}.`;
  return (
    <div className="page">
      <PageHead title="Home" about={about} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Quickstart found={found} dashboards={dashboards.data?.items ?? []} admin={admin} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack>
            <Usage />
          </Stack>
        </Grid.Col>
      </Grid>
    </div>
  );
}
