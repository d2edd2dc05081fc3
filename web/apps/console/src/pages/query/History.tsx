/** The last statements of the person: opened again, kept with a star, compared with each other. */

import { bodyOf, type Schemas } from '@emban/api/console';
import { Diff, EmptyState, Loaded, Time } from '@emban/kit';
import { ActionIcon, Badge, Button, Checkbox, Group, Text, Tooltip } from '@mantine/core';
import { IconArrowLeft, IconExternalLink, IconStar, IconStarFilled } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { edit, useChange } from '../../change.ts';
import { useEnvironment } from '../../session.ts';
import { words } from '../../words/words.ts';
import { runsQuery } from './asked.ts';

type Run = Schemas['AdhocRunOut'];
type Page = Schemas['AdhocRunPage'];
const text = words.query.history;
const COLOURS = { ok: 'teal', failed: 'red', cancelled: 'gray', running: 'blue' } as const;

function useStar() {
  return useChange<{ id: string; starred: boolean }>({
    run: async ({ id, starred }, { client }) =>
      bodyOf(
        await client.PATCH('/v1/query/adhoc/runs/{adhoc_run_id}', {
          params: { path: { adhoc_run_id: id } },
          body: { starred },
        }),
      ),
    touches: ['adhoc-runs'],
    edits: ({ id, starred }, { environment }) => [
      edit<Page>(['adhoc-runs', environment], (page) => ({
        ...page,
        items: page.items.map((one) => (one.run_id === id ? { ...one, starred } : one)),
      })),
    ],
  });
}

interface EntryProps {
  readonly run: Run;
  readonly open: (sql: string) => void;
  readonly picked: boolean;
  readonly pick: () => void;
}

function Entry({ run, open, picked, pick }: EntryProps) {
  const star = useStar();
  const starWords = run.starred ? text.unstar : text.star;
  return (
    <li className="query-run" data-run={run.run_id}>
      <Group gap={6} wrap="nowrap">
        <Checkbox size="xs" checked={picked} onChange={pick} aria-label={`${text.compare}: ${run.sql.slice(0, 60)}`} />
        <Badge size="xs" variant="light" color={COLOURS[run.status]}>
          {text.statuses[run.status]}
        </Badge>
        <Text size="xs" c="dimmed" className="query-run-when">
          <Time at={run.started_at} />
        </Text>
        <Tooltip label={starWords}>
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={starWords}
            aria-pressed={run.starred}
            onClick={() => star.mutate({ id: run.run_id, starred: !run.starred })}
          >
            {run.starred ? <IconStarFilled size={14} /> : <IconStar size={14} />}
          </ActionIcon>
        </Tooltip>
        <Tooltip label={text.open}>
          <ActionIcon size="sm" variant="subtle" color="gray" aria-label={text.open} onClick={() => open(run.sql)}>
            <IconExternalLink size={14} />
          </ActionIcon>
        </Tooltip>
      </Group>
      <pre className="query-run-sql">{run.sql}</pre>
      <Text size="xs" c="dimmed">
        {run.status === 'ok' ? text.figures(run.rows_returned ?? 0, run.ms ?? 0) : run.error}
      </Text>
    </li>
  );
}

function Difference({ pair, back }: { pair: readonly Run[]; back: () => void }) {
  const [earlier, later] = [...pair].sort((one, other) => one.started_at.localeCompare(other.started_at));
  return (
    <>
      <Button size="compact-xs" variant="subtle" leftSection={<IconArrowLeft size={14} />} onClick={back}>
        {text.back}
      </Button>
      <h2>{text.difference}</h2>
      <Diff before={earlier?.sql ?? ''} after={later?.sql ?? ''} />
    </>
  );
}

function Runs({ items, open }: { items: readonly Run[]; open: (sql: string) => void }) {
  const [picked, setPicked] = useState<readonly string[]>([]);
  const [compared, setCompared] = useState(false);
  const pair = items.filter(({ run_id }) => picked.includes(run_id));
  if (compared && pair.length === 2) return <Difference pair={pair} back={() => setCompared(false)} />;
  const pick = (id: string) =>
    setPicked((all) => (all.includes(id) ? all.filter((one) => one !== id) : [...all, id].slice(-2)));
  return (
    <>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="xs" c="dimmed">
          {text.pick}
        </Text>
        <Button size="compact-xs" variant="default" disabled={pair.length !== 2} onClick={() => setCompared(true)}>
          {text.compare}
        </Button>
      </Group>
      <ul className="query-runs">
        {items.map((run) => (
          <Entry
            key={run.run_id}
            run={run}
            open={open}
            picked={picked.includes(run.run_id)}
            pick={() => pick(run.run_id)}
          />
        ))}
      </ul>
    </>
  );
}

export function History({ open }: { open: (sql: string) => void }) {
  const query = useQuery(runsQuery(useEnvironment()));
  return (
    <Loaded query={query} lines={6} height={56}>
      {({ items }) =>
        items.length ? <Runs items={items} open={open} /> : <EmptyState title={text.none}>{text.noneHelp}</EmptyState>
      }
    </Loaded>
  );
}
