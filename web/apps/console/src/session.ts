/** Who is signed in, in which environment, and the client that speaks for them. */

import { bodyOf, type ConsoleClient, consoleClient, type Schemas } from '@emban/api/console';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';

export type Me = Schemas['MeOut'];
export type Role = 'viewer' | 'editor' | 'admin' | 'owner';

export const DEFAULT_ENVIRONMENT = 'prod';

const clients = new Map<string, ConsoleClient>();

export function clientFor(environment: string): ConsoleClient {
  let client = clients.get(environment);
  if (!client) {
    client = consoleClient(environment);
    clients.set(environment, client);
  }
  return client;
}

/** The environment that the address names; it is part of the URL, so that a view can be shared. */
export function useEnvironment(): string {
  const search: { env?: string } = useSearch({ strict: false });
  return search.env ?? DEFAULT_ENVIRONMENT;
}

export function useClient(): ConsoleClient {
  return clientFor(useEnvironment());
}

export function meQuery(environment: string) {
  return queryOptions({
    queryKey: ['me', environment],
    queryFn: async ({ signal }) => bodyOf(await clientFor(environment).GET('/v1/auth/me', { signal })),
    staleTime: 60_000,
    retry: false,
  });
}

export function useMe(): Me | undefined {
  return useQuery(meQuery(useEnvironment())).data;
}

const RANKS: readonly string[] = ['viewer', 'editor', 'admin', 'owner'];

/** Whether the person signed in has at least this role. The server decides again; this is for what to show. */
export function useCan(least: Role): boolean {
  const role = useMe()?.role;
  return role !== null && role !== undefined && RANKS.indexOf(role) >= RANKS.indexOf(least);
}

/** A raw key, which the API shows once: kept in memory for as long as the page lives, and nowhere else. */
export interface FreshKey {
  readonly key: string;
  readonly environment: string;
  readonly scope: string;
}

let fresh: FreshKey | null = null;
const listeners = new Set<() => void>();

export function rememberKey(key: FreshKey | null): void {
  fresh = key;
  for (const listener of listeners) listener();
}

export function useFreshKey(): FreshKey | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => fresh,
  );
}
