/** The dashboard as a customer gets it: a real session in a real frame, and the code that does the same. */

import { bodyOf } from '@emban/api/console';
import { type MountedEmbed, mount } from '@emban/embed-helper';
import { Alert, Button, Grid, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { Snippets } from '../../parts/Snippets.tsx';
import { Empty, failureText } from '../../parts/States.tsx';
import { embedSnippets } from '../../parts/snippets.ts';
import type { Dashboard } from '../../queries.ts';
import { useCan, useClient, useFreshKey } from '../../session.ts';
import { TenantSelect } from './TenantSelect.tsx';
import { useView } from './view.ts';

function useSession(dashboard: string) {
  const client = useClient();
  return useMutation({
    mutationFn: async (tenant: string) =>
      bodyOf(await client.POST('/v1/embed-sessions', { body: { tenant_id: tenant, dashboard_id: dashboard } })),
  });
}

/** A frame with a session; a new address takes the place of the old one. */
function Frame({ url, tenant }: { url: string; tenant: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!place.current) return;
    const embed: MountedEmbed = mount(place.current, { embedUrl: url, title: `Dashboard as ${tenant} sees it` });
    return () => embed.destroy();
  }, [url, tenant]);
  return <div ref={place} className="embed-place" />;
}

function Live({ dashboard }: { dashboard: Dashboard }) {
  const [view, change] = useView();
  const session = useSession(dashboard.id);
  const tenant = view.tenant ?? '';
  return (
    <Stack>
      <Group gap="xs">
        <TenantSelect label="Customer" value={tenant || null} onChange={(id) => change({ tenant: id })} />
        <Button disabled={!tenant} loading={session.isPending} onClick={() => session.mutate(tenant)}>
          Open as this customer
        </Button>
      </Group>
      {session.error && (
        <Alert color="red" variant="outline">
          {failureText(session.error)}
        </Alert>
      )}
      {session.data ? (
        <Frame url={session.data.embed_url} tenant={session.variables} />
      ) : (
        <div className="embed-place">
          <Empty title="Nothing open">
            Choose a customer: a session of one hour is made and shown here, as in your product.
          </Empty>
        </div>
      )}
    </Stack>
  );
}

export function Embed({ dashboard }: { dashboard: Dashboard }) {
  const [view] = useView();
  const admin = useCan('admin');
  const key = useFreshKey()?.key ?? 'YOUR_API_KEY';
  const tenant = view.tenant || 'customer_1';
  if (!admin) return <Alert variant="outline">Embed sessions need the role admin.</Alert>;
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, lg: 8 }}>
        {dashboard.status === 'published' ? (
          <Live dashboard={dashboard} />
        ) : (
          <div className="embed-place">
            <Empty title="Not published">
              Customers see published dashboards only. Publish this one to open it here.
            </Empty>
          </div>
        )}
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 4 }}>
        <div className="panel">
          <Title order={2} mb={4}>
            In your product
          </Title>
          <Text size="sm" c="dimmed" mb="sm">
            Your server asks for a session; the browser gets its address and nothing else.
          </Text>
          <Snippets snippets={embedSnippets({ origin: location.origin, key, dashboard: dashboard.id, tenant })} />
        </div>
      </Grid.Col>
    </Grid>
  );
}
