/** What the overview is made of, asked all at once; what the person's role may not see is left out. */

import { useQuery } from '@tanstack/react-query';
import {
  alertsQuery,
  billingQuery,
  dashboardsQuery,
  discoverQuery,
  embedSessionsQuery,
  keysQuery,
  useEnvironmentQuery,
} from '../../queries.ts';
import { useCan, useEnvironment } from '../../session.ts';
import { words } from '../../words/words.ts';
import type { Found } from './attention.ts';

const NO_PLAN = { events_used: 0, events_limit: null, queries_used: 0, queries_limit: null };

export function useOverview() {
  const environment = useEnvironment();
  const admin = useCan('admin');
  const billing = useEnvironmentQuery(billingQuery);
  const dashboards = useEnvironmentQuery(dashboardsQuery);
  const alerts = useQuery(alertsQuery(environment));
  const keys = useQuery({ ...keysQuery(environment), enabled: admin });
  const embeds = useQuery({ ...embedSessionsQuery(environment), enabled: admin });
  const found = useQuery({ ...discoverQuery(environment), enabled: admin });
  const plan = billing.data ?? NO_PLAN;
  const attention: Found = {
    alerts: alerts.data?.items ?? [],
    dashboards: dashboards.data?.items ?? [],
    keys: keys.data?.items ?? [],
    meters: [
      { what: words.home.meters.events.toLowerCase(), used: plan.events_used, limit: plan.events_limit },
      { what: words.home.meters.queries.toLowerCase(), used: plan.queries_used, limit: plan.queries_limit },
    ],
    lastSeen: found.data?.last_seen,
  };
  // The rest adds to the page without moving it: it is ready with what everybody may see and what takes a moment.
  const asked = admin ? [billing, dashboards, embeds] : [billing, dashboards];
  const more = embeds.data?.next_cursor ? '+' : '';
  return {
    ready: asked.every((query) => query.data !== undefined),
    error: asked.find((query) => query.error)?.error,
    retry: () => {
      for (const query of asked) void query.refetch();
    },
    billing: plan,
    dashboards: dashboards.data?.items ?? [],
    embeds: admin ? `${embeds.data?.items.length ?? 0}${more}` : null,
    found: found.data,
    attention,
  };
}
