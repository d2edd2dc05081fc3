/** What the pages ask the API, as queries: one place for keys and for how old an answer may be. */

import { bodyOf, type ConsoleClient, type Schemas } from '@emban/api/console';
import type { DataAnswer } from '@emban/api/contract';
import { readPeriod } from '@emban/charts';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { clientFor, DEFAULT_ENVIRONMENT, useEnvironment } from './session.ts';

export type Dashboard = Schemas['DashboardOut'];
export type DashboardItem = Schemas['DashboardItem'];
export type ApiKey = Schemas['KeyOut'];

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

export const keysQuery = (environment: string) =>
  list('keys', environment, async (client, signal) =>
    bodyOf(await client.GET('/v1/api-keys', { params: { query: { limit: 200 } }, signal })),
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
      const query = { event_name: '*', metric: 'count', group_by: ['tenant_id'], period: '90d', limit: 200 } as const;
      const body = { all_tenants: true, query: { ...query, group_by: [...query.group_by] } };
      const answer = bodyOf(await clientFor(environment).POST('/v1/query', { body, signal })) as {
        points: { group: string[]; value: number }[];
      };
      return answer.points.map(({ group, value }) => ({ id: group[0] ?? '', events: value }));
    },
  });
}

/** A draft's figures for one tenant, or for all of them together (`null`). */
export function dataQuery(environment: string, id: string, version: number, tenant: string | null, period: string) {
  return queryOptions({
    queryKey: ['data', environment, id, version, tenant, period],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const whose = tenant === null ? { all_tenants: true as const } : { tenant_id: tenant };
      const params = { path: { dashboard_id: id } };
      const body = { ...whose, period: readPeriod(period) };
      const answer = await clientFor(environment).POST('/v1/dashboards/{dashboard_id}/data', {
        params,
        body,
        signal,
      });
      return bodyOf(answer) as unknown as DataAnswer;
    },
  });
}
