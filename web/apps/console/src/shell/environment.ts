/** From one environment to another, with the page kept where it is in both. */

import { useMatches, useNavigate } from '@tanstack/react-router';
import { DEFAULT_ENVIRONMENT } from '../session.ts';

/** The address without its parts that name one thing: `/dashboards/$id` is `/dashboards` in another environment. */
export function pageEverywhere(fullPath: string): string {
  const parts = fullPath.split('/').filter(Boolean);
  const named = parts.findIndex((part) => part.startsWith('$'));
  return `/${(named < 0 ? parts : parts.slice(0, named)).join('/')}`;
}

export function useSwitchEnvironment(): (name: string) => void {
  const navigate = useNavigate();
  const fullPath = useMatches({ select: (matches) => matches.at(-1)?.fullPath ?? '/' });
  return (name) => {
    // Filters and cursors are about what one environment has.
    const search = { env: name === DEFAULT_ENVIRONMENT ? undefined : name };
    void navigate({ to: pageEverywhere(fullPath), search } as never);
  };
}
