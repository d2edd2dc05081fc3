/** Home until the quickstart is done. */

import { Grid } from '@mantine/core';
import { dashboardsQuery, useEnvironmentQuery } from '../../queries.ts';
import { useCan } from '../../session.ts';
import { useFirstEvent } from './first-event.ts';
import { Quickstart } from './Quickstart.tsx';
import { Usage } from './Usage.tsx';

export function Start() {
  const admin = useCan('admin');
  const found = useFirstEvent(admin);
  const dashboards = useEnvironmentQuery(dashboardsQuery);
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, md: 8 }}>
        <Quickstart found={found} dashboards={dashboards.data?.items ?? []} admin={admin} />
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 4 }}>
        <Usage />
      </Grid.Col>
    </Grid>
  );
}
