/** One dashboard: the draft as it stands, and how a customer sees what is published. */

import { Group, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { PageHead } from '../../parts/PageHead.tsx';
import { Loaded } from '../../parts/States.tsx';
import { type Dashboard, dashboardQuery } from '../../queries.ts';
import { useCan, useEnvironment } from '../../session.ts';
import { Status } from '../Dashboards.tsx';
import { Embed } from './Embed.tsx';
import { Preview } from './Preview.tsx';
import { Publishing } from './Publishing.tsx';
import { useView } from './view.ts';

function Content({ dashboard }: { dashboard: Dashboard }) {
  const [view, change] = useView();
  const admin = useCan('admin');
  return (
    <>
      <PageHead title={dashboard.name} about={<Status item={dashboard} />}>
        {admin && <Publishing dashboard={dashboard} />}
      </PageHead>
      <Tabs
        value={view.tab === 'embed' ? 'embed' : 'preview'}
        onChange={(tab) => change({ tab: tab ?? 'preview' })}
        keepMounted={false}
      >
        <Group>
          <Tabs.List flex={1} mb="md">
            <Tabs.Tab value="preview">Preview</Tabs.Tab>
            <Tabs.Tab value="embed">Embed</Tabs.Tab>
          </Tabs.List>
        </Group>
        <Tabs.Panel value="preview">
          <Preview dashboard={dashboard} />
        </Tabs.Panel>
        <Tabs.Panel value="embed">
          <Embed dashboard={dashboard} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

export function DashboardPage() {
  const { id = '' } = useParams({ strict: false });
  const query = useQuery(dashboardQuery(useEnvironment(), id));
  return (
    <div className="page page-wide">
      <Loaded query={query} lines={6}>
        {(dashboard) => <Content dashboard={dashboard} />}
      </Loaded>
    </div>
  );
}
