/** Putting a dashboard before customers, and taking it away. */

import { fetchGood } from '@emban/api';
import { bodyOf, type ConsoleClient } from '@emban/api/console';
import { toasts } from '@emban/kit';
import { queryOptions } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import { useChange, useRefetch } from '../../../../change.ts';
import { clientFor } from '../../../../session.ts';
import { words } from '../../../../words/builder-words.ts';
import { useBuilder, useDashboard } from '../builder-context.ts';
import { Publisher } from './publisher.ts';

const say = words.builder.publish;
const TOUCHED = ['dashboard', 'dashboards', 'billing', 'versions'];

async function leave(environment: string, id: string): Promise<void> {
  await fetchGood(`/v1/dashboards/${id}/publish`, {
    method: 'POST',
    keepalive: true,
    credentials: 'same-origin',
    headers: { 'X-Emban-Environment': environment },
  });
}

/** Begin to publish: told in a toast that can take it back for ten seconds. */
export function usePublish(): () => void {
  const { store, environment } = useBuilder();
  const dashboard = useDashboard();
  const refetch = useRefetch();
  const { id } = dashboard;
  const publisher = useMemo(
    () =>
      new Publisher(store, async (leaving) => {
        const params = { params: { path: { dashboard_id: id } } };
        if (leaving) await leave(environment, id);
        else await clientFor(environment).POST('/v1/dashboards/{dashboard_id}/publish', params);
      }),
    [store, id, environment],
  );
  useEffect(() => () => publisher.leave(), [publisher]);
  return useCallback(() => {
    publisher.begin();
    const ended = async () => {
      try {
        await publisher.now();
        toasts.done(say.done, say.doneText);
      } catch (error) {
        toasts.failed(say.failed, error);
      }
      await refetch(...TOUCHED);
    };
    const undo = () => {
      publisher.undo();
      toasts.done(say.undone, say.undoneText);
    };
    toasts.undoable({ title: say.soonTitle, message: say.soon, undo, ended: () => void ended() });
  }, [publisher, refetch]);
}

export function useUnpublish() {
  const dashboard = useDashboard();
  const params = { path: { dashboard_id: dashboard.id } };
  return useChange<void, unknown>({
    run: (_values, { client }) => client.POST('/v1/dashboards/{dashboard_id}/unpublish', { params }),
    touches: TOUCHED,
    done: say.offDone,
    failed: say.offFailed,
  });
}

/** Pages of live sessions that are looked through; more than so many are called "or more". */
const MOST_PAGES = 5;

async function countLive(client: ConsoleClient, dashboard: string, signal: AbortSignal) {
  let live = 0;
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = { limit: 200, ...(cursor ? { cursor } : {}) };
    const answer = bodyOf(await client.GET('/v1/embed-sessions', { params: { query }, signal }));
    live += answer.items.filter(({ dashboard_id }) => dashboard_id === dashboard).length;
    if (!answer.next_cursor) return { live, more: false };
    cursor = answer.next_cursor;
  }
  return { live, more: true };
}

/** How many live embeds show a dashboard. */
export const liveEmbedsQuery = (environment: string, dashboard: string) =>
  queryOptions({
    queryKey: ['embed-sessions', environment, dashboard, 'count'],
    queryFn: ({ signal }) => countLive(clientFor(environment), dashboard, signal),
  });
