/** What the query builder asks the API, as queries. */

import { bodyOf } from '@emban/api/console';
import type { Answer } from '@emban/api/contract';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { clientFor } from '../../session.ts';
import type { StructuredQuery } from './view.ts';

export const datasetsQuery = (environment: string) =>
  queryOptions({
    queryKey: ['datasets', environment],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => bodyOf(await clientFor(environment).GET('/v1/datasets', { signal })),
  });

export const runsQuery = (environment: string) =>
  queryOptions({
    queryKey: ['adhoc-runs', environment],
    staleTime: 0,
    queryFn: async ({ signal }) => bodyOf(await clientFor(environment).GET('/v1/query/adhoc/runs', { signal })),
  });

export const savedQuery = (environment: string) =>
  queryOptions({
    queryKey: ['saved-queries', environment],
    queryFn: async ({ signal }) =>
      bodyOf(await clientFor(environment).GET('/v1/saved-queries', { params: { query: { limit: 200 } }, signal })),
  });

export const whose = (tenant: string | undefined) =>
  tenant ? { tenant_id: tenant } : ({ all_tenants: true } as const);

/** The figures of a question. */
export const answerQuery = (environment: string, query: StructuredQuery, tenant: string | undefined) =>
  queryOptions({
    queryKey: ['question', environment, query, tenant ?? null],
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: async ({ signal }) => {
      const body = { query, ...whose(tenant) };
      return bodyOf(await clientFor(environment).POST('/v1/query', { body, signal })) as unknown as Answer;
    },
  });
