/** The start: what to do next until a customer sees a dashboard, and an overview from then on. */

import { Failed, Lines, PageHead } from '@emban/kit';
import { lazy, Suspense } from 'react';
import { dashboardsQuery, useEnvironmentQuery } from '../../queries.ts';
import { useEnvironment, useMe } from '../../session.ts';
import { words } from '../../words/words.ts';

const Overview = lazy(() => import('./Overview.tsx').then((one) => ({ default: one.Overview })));
const Start = lazy(() => import('./Start.tsx').then((one) => ({ default: one.Start })));

/** Published: the last step of the quickstart, so all of it is done. */
function Content() {
  const dashboards = useEnvironmentQuery(dashboardsQuery);
  if (dashboards.error) return <Failed error={dashboards.error} retry={() => void dashboards.refetch()} />;
  if (!dashboards.data) return <Lines count={3} height={96} />;
  const published = dashboards.data.items.some((one) => one.status === 'published');
  return <Suspense fallback={<Lines count={3} height={96} />}>{published ? <Overview /> : <Start />}</Suspense>;
}

export function Home() {
  const me = useMe();
  const environment = useEnvironment();
  return (
    <div className="page">
      <PageHead title={words.home.title} about={words.home.about(environment, me?.org.name ?? words.home.yourOrg)} />
      <Content />
    </div>
  );
}
