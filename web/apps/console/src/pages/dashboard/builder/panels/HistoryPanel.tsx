/** Who saved what, when; each version can be looked at and restored as a new one. */

import { bodyOf, type Schemas } from '@emban/api/console';
import { EmptyState, Failed, Lines, Time } from '@emban/kit';
import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { infiniteQueryOptions, queryOptions, useInfiniteQuery } from '@tanstack/react-query';
import { useChange } from '../../../../change.ts';
import { clientFor } from '../../../../session.ts';
import { words } from '../../../../words/builder-words.ts';
import { useBuilder, useDashboard } from '../builder-context.ts';
import { useBuilderSearch } from '../builder-search.ts';

const say = words.builder.history;
type Version = Schemas['VersionItem'];

const versionsQuery = (environment: string, id: string) =>
  infiniteQueryOptions({
    queryKey: ['versions', environment, id],
    initialPageParam: '',
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: 30, ...(pageParam ? { cursor: pageParam } : {}) };
      const params = { path: { dashboard_id: id }, query };
      return bodyOf(await clientFor(environment).GET('/v1/dashboards/{dashboard_id}/versions', { params, signal }));
    },
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

/** One version with its config. */
export const versionQuery = (environment: string, id: string, version: number) =>
  queryOptions({
    queryKey: ['version', environment, id, version],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const params = { path: { dashboard_id: id, version } };
      const route = '/v1/dashboards/{dashboard_id}/versions/{version}';
      return bodyOf(await clientFor(environment).GET(route, { params, signal }));
    },
  });

/** `2 added, 1 changed`. */
function sizes({ widgets }: Version): string {
  const parts = (['added', 'removed', 'changed'] as const).map((key) =>
    widgets[key].length ? `${widgets[key].length} ${say.words[key]}` : '',
  );
  return parts.filter(Boolean).join(', ');
}

export function useRestore() {
  const { store } = useBuilder();
  const dashboard = useDashboard();
  const [, change] = useBuilderSearch();
  return useChange<number, unknown>({
    run: async (version, { client }) => {
      await store.flush();
      const params = { path: { dashboard_id: dashboard.id, version } };
      return await client.POST('/v1/dashboards/{dashboard_id}/versions/{version}/restore', { params });
    },
    touches: ['versions'],
    done: (_answer, version) => say.restored(version),
    failed: say.failed,
    onDone: async () => {
      await store.refresh();
      change({ version: undefined });
    },
  });
}

function Entry({ item, present }: { item: Version; present: boolean }) {
  const [search, change] = useBuilderSearch();
  const restore = useRestore();
  const looked = search.version === item.version;
  return (
    <Stack gap={2} component="li" className="builder-version" data-looked={looked || undefined}>
      <Group gap="xs">
        <Text size="sm" fw={600}>
          {present ? say.now : say.version(item.version)}
        </Text>
        {item.published && (
          <Badge size="sm" variant="outline" color="gray" c="var(--emban-positive)">
            {say.published}
          </Badge>
        )}
      </Group>
      <Text size="xs" c="dimmed">
        <Time at={item.at} /> {item.actor && say.by(item.actor)}
      </Text>
      {sizes(item) && <Text size="xs">{sizes(item)}</Text>}
      {!present && (
        <Group gap="xs">
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => change({ version: looked ? undefined : item.version })}
          >
            {looked ? say.stop : say.look}
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            loading={restore.isPending}
            onClick={() => restore.mutate(item.version)}
          >
            {say.restore}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

export function HistoryPanel() {
  const { environment } = useBuilder();
  const dashboard = useDashboard();
  const query = useInfiniteQuery(versionsQuery(environment, dashboard.id));
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Lines count={6} height={56} />;
  const items = query.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <EmptyState title={say.empty} />;
  return (
    <Stack gap="xs">
      <ul className="builder-versions">
        {items.map((item, at) => (
          <Entry key={item.version} item={item} present={at === 0} />
        ))}
      </ul>
      {query.hasNextPage && (
        <Button variant="subtle" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {say.more}
        </Button>
      )}
    </Stack>
  );
}
