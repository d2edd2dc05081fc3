/** The embed page: a session as a customer gets it, live in a frame, with the code that does the same. */

import { bodyOf } from '@emban/api/console';
import { ClosedReason, EmptyState, failureText, Loaded, PageHead } from '@emban/kit';
import { Alert, Button, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type DashboardItem, dashboardQuery, dashboardsQuery, useEnvironmentQuery } from '../../queries.ts';
import { useCan, useClient, useEnvironment } from '../../session.ts';
import { words as all } from '../../words/words.ts';
import { EmbedCode } from './EmbedCode.tsx';
import { LiveFrame } from './LiveFrame.tsx';
import { LiveSessions } from './LiveSessions.tsx';
import { permissionsOf, UNRESTRICTED, type Wish } from './permissions.ts';
import { SessionForm } from './SessionForm.tsx';
import { useEmbedView } from './view.ts';

const words = all.embed;
const HOUR_S = 3600;

function useMint() {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async ({ dashboard, tenant, lifetime, permissions }: Wish) =>
      bodyOf(
        await client.POST('/v1/embed-sessions', {
          body: {
            dashboard_id: dashboard,
            tenant_id: tenant,
            expires_in: lifetime,
            permissions: permissionsOf(permissions),
          },
        }),
      ),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['embed-sessions'] }),
  });
}

function Content({ dashboards }: { dashboards: readonly DashboardItem[] }) {
  const [view] = useEmbedView();
  const mint = useMint();
  const [permissions, setPermissions] = useState(UNRESTRICTED);
  const [lifetime, setLifetime] = useState(HOUR_S);
  const dashboard = view.dashboard ?? dashboards[0]?.id ?? '';
  const wish = { dashboard, tenant: view.tenant ?? '', lifetime, permissions };
  const chosen = useQuery(dashboardQuery(useEnvironment(), dashboard)).data;
  return (
    <div className="embed-page">
      <SessionForm
        dashboards={dashboards}
        chosen={chosen}
        wish={wish}
        change={setPermissions}
        setLifetime={setLifetime}
        mint={mint}
      />
      <Stack className="embed-live">
        {mint.error && (
          <Alert color="red" variant="outline">
            {failureText(mint.error)}
          </Alert>
        )}
        <LiveFrame session={mint.data} tenant={mint.variables?.tenant ?? ''} />
        <LiveSessions dashboards={dashboards} />
      </Stack>
      <EmbedCode wish={wish} />
    </div>
  );
}

function NothingPublished() {
  return (
    <div className="panel">
      <EmptyState
        title={words.noDashboard}
        action={
          <Button component={Link} to="/dashboards" variant="default">
            {words.toDashboards}
          </Button>
        }
      >
        {words.noDashboardHelp}
      </EmptyState>
    </div>
  );
}

function Published() {
  const query = useEnvironmentQuery(dashboardsQuery);
  return (
    <Loaded query={query} lines={8}>
      {({ items }) => {
        const published = items.filter(({ status }) => status === 'published');
        return published.length ? <Content dashboards={published} /> : <NothingPublished />;
      }}
    </Loaded>
  );
}

export function EmbedPage() {
  const admin = useCan('admin');
  return (
    <div className="page page-wide">
      <PageHead title={words.title} about={words.about} />
      {admin ? <Published /> : <ClosedReason needs="admin">{words.needsAdmin}</ClosedReason>}
    </div>
  );
}
