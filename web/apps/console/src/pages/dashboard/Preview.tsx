/** The draft with real figures: of one customer, or of all of them together. */

import type { Period } from '@emban/api/contract';
import { periodName } from '@emban/charts';
import { Group, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Empty, Failed } from '../../parts/States.tsx';
import { WidgetGrid } from '../../parts/WidgetGrid.tsx';
import { type Dashboard, dataQuery } from '../../queries.ts';
import { useEnvironment } from '../../session.ts';
import { Downloads } from './Downloads.tsx';
import { type DraftConfig, drawnWidgets } from './draft.ts';
import { EVERYBODY, TenantSelect } from './TenantSelect.tsx';
import { useView } from './view.ts';

const PERIODS: readonly Period[] = ['24h', '7d', '30d', '90d'];

export function Preview({ dashboard }: { dashboard: Dashboard }) {
  const [view, change] = useView();
  const config = dashboard.config as DraftConfig;
  const widgets = useMemo(() => drawnWidgets(config), [config]);
  const periods = config.filters?.periods ?? PERIODS;
  const period = view.period ?? config.filters?.default_period ?? '30d';
  const tenant = view.tenant || null;
  const query = useQuery(dataQuery(useEnvironment(), dashboard.id, dashboard.version, tenant, period));
  const retry = () => void query.refetch();
  if (widgets.length === 0) return <Empty title="This dashboard has no widgets">Give it some through the API.</Empty>;
  return (
    <Stack>
      <Group gap="xs">
        <TenantSelect
          label="Customer"
          value={view.tenant ?? EVERYBODY}
          onChange={(id) => change({ tenant: id })}
          everybody
        />
        <Select
          aria-label="Period"
          data={periods.map((value) => ({ value, label: periodName(value) }))}
          value={period}
          onChange={(value) => value && change({ period: value })}
          allowDeselect={false}
          w={160}
        />
        <Text size="xs" c="dimmed">
          The draft, times in {config.filters?.timezone ?? 'UTC'}
        </Text>
        <Downloads dashboard={dashboard} tenant={tenant} period={period} />
      </Group>
      {query.error ? <Failed error={query.error} retry={retry} /> : null}
      <WidgetGrid
        widgets={widgets}
        data={query.data}
        loading={query.isFetching}
        period={period}
        timezone={config.filters?.timezone ?? 'UTC'}
        retry={retry}
      />
    </Stack>
  );
}
