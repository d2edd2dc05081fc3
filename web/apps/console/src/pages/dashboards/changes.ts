/** What can be done with a dashboard from the list. */

import { bodyOf } from '@emban/api/console';

import { useNavigate } from '@tanstack/react-router';
import { edit, useChange, useRemoval } from '../../change.ts';
import { save } from '../../parts/save.ts';
import type { DashboardItem } from '../../queries.ts';
import { clientFor, DEFAULT_ENVIRONMENT } from '../../session.ts';
import { words } from '../../words/words.ts';
import { type DashboardFile, fileNameOf, fileOf } from './file.ts';

const say = words.dashboards;
const TOUCHES = ['dashboards', 'dashboard', 'billing'];
const pathOf = (id: string) => ({ path: { dashboard_id: id } });

interface Listed {
  readonly items: readonly DashboardItem[];
}

export function useRename() {
  return useChange({
    run: ({ item, name }: { item: DashboardItem; name: string }, { client }) =>
      client.PUT('/v1/dashboards/{dashboard_id}', { params: pathOf(item.id), body: { version: item.version, name } }),
    edits: ({ item, name }, { environment }) => [
      edit<Listed>(['dashboards', environment], (answer) => ({
        ...answer,
        items: answer.items.map((one) => (one.id === item.id ? { ...one, name } : one)),
      })),
    ],
    touches: TOUCHES,
    done: (_, { name }) => say.renamed(name),
    failed: say.notRenamed,
    undo: async (answer, { item }, { client }) => {
      const { version } = bodyOf(answer);
      await client.PUT('/v1/dashboards/{dashboard_id}', {
        params: pathOf(item.id),
        body: { version, name: item.name },
      });
    },
  });
}

export function useDuplicate() {
  return useChange({
    run: async ({ id }: DashboardItem, { client }) =>
      bodyOf(await client.POST('/v1/dashboards/{dashboard_id}/duplicate', { params: pathOf(id), body: {} })),
    touches: TOUCHES,
    done: (made) => say.duplicated(made.name),
    failed: say.notDuplicated,
    undo: (made, _, { client }) => client.DELETE('/v1/dashboards/{dashboard_id}', { params: pathOf(made.id) }),
  });
}

export function useMove() {
  return useChange({
    run: ({ item, environment }: { item: DashboardItem; environment: string }, { client }) =>
      client.POST('/v1/dashboards/{dashboard_id}/move', { params: pathOf(item.id), body: { environment } }),
    touches: TOUCHES,
    done: (_, { item, environment }) => say.moved(item.name, environment),
    failed: say.notMoved,
    undo: (_, { item, environment }, place) =>
      clientFor(environment).POST('/v1/dashboards/{dashboard_id}/move', {
        params: pathOf(item.id),
        body: { environment: place.environment },
      }),
  });
}

/** Deletes when the toast has ended without Undo. */
export function useDelete() {
  return useRemoval<DashboardItem>({
    id: ({ id }) => id,
    run: ({ id }, { client }) =>
      client.DELETE('/v1/dashboards/{dashboard_id}', { params: pathOf(id), keepalive: true }),
    touches: TOUCHES,
    done: ({ name }) => words.common.deleted(name),
  });
}

/** The draft as a file. */
export function useExport() {
  return useChange({
    run: async ({ id }: DashboardItem, { client }) => {
      const dashboard = bodyOf(await client.GET('/v1/dashboards/{dashboard_id}', { params: pathOf(id) }));
      save(new Blob([fileOf(dashboard)], { type: 'application/json' }), fileNameOf(dashboard.name));
    },
    failed: say.notExported,
  });
}

/** A new dashboard, blank or from a file; opens it. Refusals are for the form that asks. */
export function useMake() {
  const navigate = useNavigate();
  return useChange({
    run: async ({ name, config }: Pick<DashboardFile, 'name' | 'config'>, { client }) =>
      bodyOf(await client.POST('/v1/dashboards', { body: { name, config } })),
    touches: TOUCHES,
    failed: null,
    onDone: (made) => navigate({ to: '/dashboards/$id', params: { id: made.id } }),
  });
}

/** Environments that a dashboard can go to: all but its own. */
export function otherEnvironments(names: readonly string[], present: string = DEFAULT_ENVIRONMENT): string[] {
  return names.filter((name) => name !== present);
}
