/** What is published, for those who may look and not edit. */

import { PageHead } from '@emban/kit';
import { Anchor, Text, useComputedColorScheme } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { Dashboard } from '../../../queries.ts';
import { useClient } from '../../../session.ts';
import { words } from '../../../words/builder-words.ts';
import { useBuilderSearch } from './builder-search.ts';
import { FilterBar } from './ChoiceBar.tsx';
import { useChoice } from './choice.ts';
import { Answers } from './core/answers.ts';
import { readDraft } from './core/doc.ts';
import { askPublished } from './make-builder.ts';
import { Sheet } from './Preview.tsx';

const say = words.builder.toolbar;

export function ReadOnly({ dashboard }: { dashboard: Dashboard }) {
  const client = useClient();
  const [, change] = useBuilderSearch();
  const draft = useMemo(() => readDraft(dashboard.name, dashboard.config), [dashboard]);
  const choice = useChoice(draft.filters);
  const [answers] = useState(() => new Answers(askPublished(client, dashboard.id)));
  const scheme = useComputedColorScheme('light');
  useSyncExternalStore(answers.subscribe, answers.version);
  useEffect(() => answers.want(draft.widgets, choice), [answers, draft, choice]);
  useEffect(() => () => answers.dispose(), [answers]);
  const crumb = (
    <Anchor component={Link} to="/dashboards" size="sm" key="up">
      {say.back}
    </Anchor>
  );
  return (
    <div className="builder">
      <PageHead title={dashboard.name} crumbs={[crumb]} about={say.readOnly} />
      <FilterBar filters={draft.filters} choice={choice} found={null} change={change} />
      <div className="builder-preview-scroll">
        {draft.widgets.length ? (
          <Sheet {...{ draft, answers, choice, scheme }} width={null} />
        ) : (
          <Text>{say.notPublished}</Text>
        )}
      </div>
    </div>
  );
}
