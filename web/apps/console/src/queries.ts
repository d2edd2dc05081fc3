/** What the pages ask the API, as queries: one place for keys and for how old an answer may be. */

import { bodyOf, type ConsoleClient, type Schemas } from '@emban/api/console';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { clientFor, DEFAULT_ENVIRONMENT, useEnvironment } from './session.ts';

export type Dashboard = Schemas['DashboardOut'];
export type DashboardItem = Schemas['DashboardItem'];
export type LibraryWidget = Schemas['LibraryWidgetOut'];
export type ApiKey = Schemas['KeyOut'];
export type LiveSession = Schemas['MintedSessionOut'];

function list<T>(name: string, environment: string, load: (client: ConsoleClient, signal: AbortSignal) => Promise<T>) {
  return queryOptions({
    queryKey: [name, environment],
    queryFn: ({ signal }) => load(clientFor(environment), signal),
  });
}

/** Whether anybody may register now, and whether theirs would be the first account; asked before signing in. */
export const registrationQuery = queryOptions({
  queryKey: ['registration'],
  queryFn: async ({ signal }) => bodyOf(await clientFor(DEFAULT_ENVIRONMENT).GET('/v1/auth/registration', { signal })),
});

export const dashboardsQuery = (environment: string) =>
  list('dashboards', environment, async (client, signal) =>
    bodyOf(await client.GET('/v1/dashboards', { params: { query: { limit: 200 } }, signal })),
  );

export const widgetsQuery = (environment: string) =>
  list('widgets', environment, async (client, signal) =>
    bodyOf(await client.GET('/v1/widgets', { params: { query: { limit: 200 } }, signal })),
  );

export function widgetQuery(environment: string, id: string) {
  return queryOptions({
    queryKey: ['widget', environment, id],
    queryFn: async ({ signal }) =>
      bodyOf(
        await clientFor(environment).GET('/v1/widgets/{widget_id}', { params: { path: { widget_id: id } }, signal }),
      ),
  });
}

export const keysQuery = (environment: string) =>
  list('keys', environment, async (client, signal) =>
    bodyOf(await client.GET('/v1/api-keys', { params: { query: { limit: 200 } }, signal })),
  );

export const alertsQuery = (environment: string) =>
  list('alerts', environment, async (client, signal) =>
    bodyOf(await client.GET('/v1/alerts', { params: { query: { limit: 200 } }, signal })),
  );

/** Sessions that customers have open now. */
export const embedSessionsQuery = (environment: string) =>
  list('embed-sessions', environment, async (client, signal) =>
    bodyOf(await client.GET('/v1/embed-sessions', { params: { query: { limit: 200 } }, signal })),
  );

export const billingQuery = (environment: string) =>
  list('billing', environment, async (client, signal) => bodyOf(await client.GET('/v1/billing', { signal })));

export const discoverQuery = (environment: string) =>
  list('discover', environment, async (client, signal) => bodyOf(await client.GET('/v1/discover', { signal })));

export const environmentsQuery = (environment: string) =>
  list('environments', environment, async (client, signal) => bodyOf(await client.GET('/v1/environments', { signal })));

export function useEnvironmentQuery<T>(query: (environment: string) => ReturnType<typeof list<T>>) {
  return useQuery(query(useEnvironment()));
}

/** A page of the environment's live embed sessions, newest first. */
export const sessionsQuery = (environment: string, cursor: string | null) =>
  queryOptions({
    queryKey: ['embed-sessions', environment, cursor],
    queryFn: async ({ signal }) => {
      const query = cursor === null ? { limit: 50 } : { limit: 50, cursor };
      return bodyOf(await clientFor(environment).GET('/v1/embed-sessions', { params: { query }, signal }));
    },
  });

export function dashboardQuery(environment: string, id: string) {
  return queryOptions({
    queryKey: ['dashboard', environment, id],
    queryFn: async ({ signal }) =>
      bodyOf(
        await clientFor(environment).GET('/v1/dashboards/{dashboard_id}', {
          params: { path: { dashboard_id: id } },
          signal,
        }),
      ),
  });
}

/** Tenants by how many events they sent in 90 days, the largest first. */
export function tenantsQuery(environment: string) {
  return queryOptions({
    queryKey: ['tenants', environment],
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      const params = { query: { limit: 200 } };
      const { items } = bodyOf(await clientFor(environment).GET('/v1/tenants', { params, signal }));
      return items.map(({ tenant_id, events }) => ({ id: tenant_id, events }));
    },
  });
}
