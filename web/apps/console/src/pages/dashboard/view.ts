/** What of a dashboard is looked at: kept in the address, so that it can be shared and Back works. */

import { useNavigate, useSearch } from '@tanstack/react-router';

/** The part of the address that a dashboard's page reads and writes. */
export interface View {
  readonly tab?: string;
  readonly tenant?: string;
  readonly period?: string;
}

export function useView(): [View, (change: View) => void] {
  const view: View = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = (part: View) => {
    void navigate({ to: '.', search: ((before: object) => ({ ...before, ...part })) as never, replace: true });
  };
  return [view, change];
}
