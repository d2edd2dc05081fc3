/** Has the first event arrived? Asked every two seconds until it has, while somebody looks. */

import { useQuery } from '@tanstack/react-query';
import { discoverQuery } from '../../queries.ts';
import { useEnvironment } from '../../session.ts';

export function useFirstEvent(enabled: boolean) {
  return useQuery({
    ...discoverQuery(useEnvironment()),
    enabled,
    refetchInterval: ({ state }) => (state.data && state.data.events > 0 ? 15_000 : 2_000),
  });
}

export type FirstEvent = ReturnType<typeof useFirstEvent>;
