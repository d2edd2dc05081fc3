/** A question without SQL: its fields, and its answer as the dashboards would draw it. */

import { bodyOf } from '@emban/api/console';
import { isFailed, metaOf } from '@emban/charts';
import { Failed, toasts } from '@emban/kit';
import { Button, Text } from '@mantine/core';
import { IconCode, IconLayoutDashboard } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { WidgetGrid } from '../../parts/WidgetGrid.tsx';
import { useClient, useEnvironment } from '../../session.ts';
import { words } from '../../words/words.ts';
import { answerQuery, whose } from './asked.ts';
import { QuestionForm } from './QuestionForm.tsx';
import { isWhole, START, tidied, widgetOf } from './question.ts';
import { SaveWidget } from './SaveWidget.tsx';
import type { ChangeView, QueryView, StructuredQuery } from './view.ts';

const text = words.query.visual;

function titleOf({ metric, prop, event_name: event }: StructuredQuery): string {
  const name = text.metrics[metric as keyof typeof text.metrics] ?? text.untitled;
  return [prop ? `${name}: ${prop}` : name, event && event !== '*' && `(${event})`].filter(Boolean).join(' ');
}

interface Props {
  readonly view: QueryView;
  readonly change: ChangeView;
  /** Opens a statement in a tab of its own. */
  readonly openSql: (sql: string, name: string) => void;
}

function useShowSql(query: StructuredQuery, tenant: string | undefined, openSql: (sql: string) => void) {
  const client = useClient();
  return useMutation({
    mutationFn: async () => bodyOf(await client.POST('/v1/query/sql', { body: { query, ...whose(tenant) } })),
    onSuccess: ({ sql }) => openSql(sql),
    onError: (error) => toasts.failed(text.notSql, error),
  });
}

function Answered({ query, view }: { query: StructuredQuery; view: QueryView }) {
  const asked = useQuery({ ...answerQuery(useEnvironment(), query, view.tenant), enabled: isWhole(query) });
  const widget = useMemo(() => widgetOf(query, view.chart, titleOf(query)), [query, view.chart]);
  const widgets = useMemo(() => [widget], [widget]);
  const data = useMemo(
    () => (asked.data ? { widgets: { [widget.id]: asked.data } } : undefined),
    [asked.data, widget.id],
  );
  if (!isWhole(query)) return <Text c="dimmed">{text.needsProp}</Text>;
  if (asked.error) return <Failed error={asked.error} retry={() => void asked.refetch()} />;
  const meta = asked.data && !isFailed(asked.data) ? metaOf(asked.data) : undefined;
  return (
    <>
      <WidgetGrid
        widgets={widgets}
        data={data as never}
        loading={asked.isFetching}
        period={query.period ?? '30d'}
        timezone={query.timezone ?? 'UTC'}
        retry={() => void asked.refetch()}
      />
      <Text size="xs" c="dimmed" className="query-stats">
        {meta && (meta.cached ? text.cached : text.figures(meta.rows_read ?? 0, meta.ms ?? 0))}
      </Text>
    </>
  );
}

export function VisualPane({ view, change, openSql }: Props) {
  const query = useMemo(() => tidied(view.q ?? START), [view.q]);
  const [saving, setSaving] = useState(false);
  const name = titleOf(query);
  const show = useShowSql(query, view.tenant, (sql) => openSql(sql, name));
  return (
    <div className="query-visual">
      <QuestionForm query={query} view={view} change={change} />
      <div className="query-answer">
        <div className="query-answer-bar">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconCode size={14} />}
            disabled={!isWhole(query)}
            loading={show.isPending}
            onClick={() => show.mutate()}
          >
            {text.showSql}
          </Button>
          <Button
            size="xs"
            leftSection={<IconLayoutDashboard size={14} />}
            disabled={!isWhole(query)}
            onClick={() => setSaving(true)}
          >
            {text.saveWidget}
          </Button>
        </div>
        <Answered query={query} view={view} />
      </div>
      {saving && <SaveWidget query={query} widget={widgetOf(query, view.chart, name)} close={() => setSaving(false)} />}
    </div>
  );
}
