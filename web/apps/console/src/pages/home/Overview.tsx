/** How the environment is doing, once its customers see something. */

import { Failed, Lines, Time, useNow } from '@emban/kit';
import { Anchor, Grid, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { DashboardItem } from '../../queries.ts';
import { words } from '../../words/words.ts';
import { Status } from '../dashboards/Status.tsx';
import { type Attention, needsAttention } from './attention.ts';
import { Usage } from './Usage.tsx';
import { useOverview } from './use-overview.ts';

const say = words.home;

function Tile({ name, value, about }: { name: string; value: ReactNode; about: ReactNode }) {
  return (
    <div className="panel">
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text className="tile-figure">{value}</Text>
      <Text size="xs" c="dimmed">
        {about}
      </Text>
    </div>
  );
}

/** The share of the plan that is used, in whole percent; nothing where there is no limit. */
function shareOf(used: number, limit: number | null): string {
  return limit ? say.tiles.ofPlan(Math.floor((used / limit) * 100)) : say.noLimit;
}

function Tiles({ overview }: { overview: ReturnType<typeof useOverview> }) {
  const { billing, dashboards, embeds, found } = overview;
  const published = dashboards.filter((one) => one.status === 'published').length;
  const latest = found?.last_seen ? (
    <>
      {say.tiles.latest} <Time at={found.last_seen} />
    </>
  ) : null;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: embeds === null ? 3 : 4 }} spacing="sm">
      <Tile
        name={say.tiles.events}
        value={billing.events_used.toLocaleString()}
        about={latest ?? shareOf(billing.events_used, billing.events_limit)}
      />
      <Tile
        name={say.tiles.queries}
        value={billing.queries_used.toLocaleString()}
        about={shareOf(billing.queries_used, billing.queries_limit)}
      />
      <Tile name={say.tiles.dashboards} value={dashboards.length} about={say.tiles.published(published)} />
      {embeds !== null && <Tile name={say.tiles.embeds} value={embeds} about={say.tiles.embedsHelp} />}
    </SimpleGrid>
  );
}

function AttentionLine({ one }: { one: Attention }) {
  return (
    <li>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <IconAlertTriangle size={18} className={`attention-${one.rank}`} aria-hidden="true" />
        {one.to ? (
          <Anchor component={Link} to={one.to} size="sm">
            {one.text}
          </Anchor>
        ) : (
          <Text size="sm">{one.text}</Text>
        )}
      </Group>
    </li>
  );
}

function NeedsAttention({ overview }: { overview: ReturnType<typeof useOverview> }) {
  const now = useNow();
  const list = needsAttention(overview.attention, now);
  return (
    <div className="panel">
      <Title order={2} mb="sm">
        {say.attention.title}
      </Title>
      {list.length ? (
        <ul className="plain-list">
          {list.slice(0, 8).map((one) => (
            <AttentionLine key={one.text} one={one} />
          ))}
        </ul>
      ) : (
        <Group gap="xs">
          <IconCircleCheck size={18} color="var(--emban-positive)" aria-hidden="true" />
          <Text size="sm">{say.attention.nothing}</Text>
        </Group>
      )}
    </div>
  );
}

function Recent({ dashboards }: { dashboards: readonly DashboardItem[] }) {
  const newest = [...dashboards].sort((one, other) => (one.updated_at < other.updated_at ? 1 : -1)).slice(0, 5);
  return (
    <div className="panel">
      <Group justify="space-between" mb="sm">
        <Title order={2}>{say.recent}</Title>
        <Anchor component={Link} to="/dashboards" size="sm">
          {say.allDashboards}
        </Anchor>
      </Group>
      <ul className="plain-list">
        {newest.map((item) => (
          <li key={item.id} className="recent-line">
            <Anchor component={Link} to={`/dashboards/${item.id}`} size="sm" fw={600}>
              {item.name}
            </Anchor>
            <span>
              <Status item={item} />
            </span>
            <Text size="xs" c="dimmed" component="span">
              <Time at={item.updated_at} />
            </Text>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function Overview() {
  const overview = useOverview();
  if (overview.error) return <Failed error={overview.error} retry={overview.retry} />;
  if (!overview.ready) return <Lines count={3} height={96} />;
  return (
    <Stack gap="sm">
      <Tiles overview={overview} />
      <Grid gap="sm">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack gap="sm">
            <NeedsAttention overview={overview} />
            <Recent dashboards={overview.dashboards} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Usage />
        </Grid.Col>
      </Grid>
    </Stack>
  );
}
