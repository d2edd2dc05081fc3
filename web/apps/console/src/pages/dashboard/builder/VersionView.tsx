/** An older version, in the place of the canvas. */

import { Failed, Lines } from '@emban/kit';
import { Alert, Button, Group, useComputedColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { words } from '../../../words/builder-words.ts';
import { useAnswers, useBuilder, useDashboard, useDraft } from './builder-context.ts';
import { useBuilderSearch } from './builder-search.ts';
import { readDraft } from './core/doc.ts';
import { Sheet } from './Preview.tsx';
import { useRestore, versionQuery } from './panels/HistoryPanel.tsx';

const say = words.builder.history;

function Old({ name, config }: { name: string; config: Record<string, unknown> }) {
  const { choice } = useBuilder();
  const present = useDraft();
  const answers = useAnswers();
  const scheme = useComputedColorScheme('light');
  const draft = useMemo(() => readDraft(name, config), [name, config]);
  useEffect(() => {
    answers.want(draft.widgets, choice);
    return () => answers.want(present.widgets, choice);
  }, [answers, draft, choice, present.widgets]);
  return <Sheet {...{ draft, answers, choice, scheme }} width={null} />;
}

export function VersionView({ version }: { version: number }) {
  const { environment } = useBuilder();
  const dashboard = useDashboard();
  const [, change] = useBuilderSearch();
  const restore = useRestore();
  const query = useQuery(versionQuery(environment, dashboard.id, version));
  return (
    <div className="builder-preview">
      <Alert variant="outline" className="builder-looking">
        <Group justify="space-between">
          {say.looking(version)}
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={() => change({ version: undefined })}>
              {say.stop}
            </Button>
            <Button size="xs" loading={restore.isPending} onClick={() => restore.mutate(version)}>
              {say.restore}
            </Button>
          </Group>
        </Group>
      </Alert>
      <div className="builder-preview-scroll">
        {query.data ? (
          <Old name={query.data.name} config={query.data.config} />
        ) : query.error ? (
          <Failed error={query.error} retry={() => void query.refetch()} />
        ) : (
          <Lines count={6} height={80} />
        )}
      </div>
    </div>
  );
}
