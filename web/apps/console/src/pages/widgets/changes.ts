/** What can be done with widgets of the library. */

import { bodyOf, type ConsoleClient } from '@emban/api/console';
import { useNavigate } from '@tanstack/react-router';
import { useChange, useRemoval } from '../../change.ts';
import type { LibraryWidget } from '../../queries.ts';
import { words } from '../../words/words.ts';
import { newWidget } from '../dashboard/builder/core/kinds.ts';
import { libraryConfig } from '../dashboard/builder/library-config.ts';

const say = words.widgets;
const TOUCHES = ['widgets', 'widget'];
const pathOf = (id: string) => ({ path: { widget_id: id } });

const create = async (client: ConsoleClient, body: object) =>
  bodyOf(await client.POST('/v1/widgets', { body: body as never }));

export function useCreate() {
  const navigate = useNavigate();
  return useChange({
    run: (_: undefined, { client }) => {
      const { id: _id, ...widget } = newWidget('kpi', say.fresh);
      return create(client, widget);
    },
    touches: TOUCHES,
    failed: say.notMade,
    onDone: ({ id }) => navigate({ to: `/widgets/${id}` } as never),
  });
}

export function useDuplicate() {
  return useChange({
    run: (widget: LibraryWidget, { client }) =>
      create(client, { ...libraryConfig(widget), title: say.copyOf(widget.title).slice(0, 200) }),
    touches: TOUCHES,
    done: ({ title }) => say.duplicated(title),
    failed: say.notMade,
    undo: ({ id }, _, { client }) => client.DELETE('/v1/widgets/{widget_id}', { params: pathOf(id) }),
  });
}

export function usePublish() {
  return useChange({
    run: ({ id }: LibraryWidget, { client }) => client.POST('/v1/widgets/{widget_id}/publish', { params: pathOf(id) }),
    touches: TOUCHES,
    done: (_, { title }) => say.publishedNow(title),
    failed: say.notPublished,
  });
}

export function useDelete() {
  return useRemoval<LibraryWidget>({
    run: ({ id }, { client }) =>
      client.DELETE('/v1/widgets/{widget_id}', { params: pathOf(id), keepalive: true } as never),
    id: ({ id }) => id,
    touches: TOUCHES,
    done: ({ title }) => say.deleted(title),
    failed: say.notDeleted,
  });
}
