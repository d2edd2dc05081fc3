/** Statements, what runs of them, and what came of it. */

import { toasts, useShortcuts } from '@emban/kit';
import { Button } from '@mantine/core';
import { IconBraces, IconDeviceFloppy } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type Ref, useMemo, useState } from 'react';
import { discoverQuery } from '../../queries.ts';
import { useEnvironment } from '../../session.ts';
import { words } from '../../words/words.ts';
import { datasetsQuery } from './asked.ts';
import { offersOf } from './completion.ts';
import { placeOf } from './failure.ts';
import { Results } from './Results.tsx';
import { RunButton } from './RunButton.tsx';
import { cancelRun, startRun, useRun } from './runs.ts';
import { NameDialog, useSave } from './Saved.tsx';
import { type EditorHandle, SqlEditor } from './SqlEditor.tsx';
import { chosenStatement } from './statements.ts';
import { TabBar, tabName } from './TabBar.tsx';
import { activeTab, changeTab, openTab, type QueryTab, type TabSet } from './tabs.ts';
import { type ChangeTabs, newId } from './use-tabs.ts';
import type { ChangeView, QueryView } from './view.ts';

const text = words.query;

interface Props {
  readonly set: TabSet;
  readonly change: ChangeTabs;
  readonly view: QueryView;
  readonly changeView: ChangeView;
  readonly editor: Ref<EditorHandle>;
}

function useOffers() {
  const environment = useEnvironment();
  const datasets = useQuery(datasetsQuery(environment)).data;
  const found = useQuery(discoverQuery(environment)).data;
  return useMemo(() => offersOf(datasets, found), [datasets, found]);
}

function useActions(tab: QueryTab, change: ChangeTabs) {
  const environment = useEnvironment();
  const cache = useQueryClient();
  const [chosen, setChosen] = useState({ from: 0, to: 0 });
  const write = (sql: string) => change((before) => changeTab(before, tab.id, { text: sql }));
  const run = async () => {
    const statement = chosenStatement(tab.text, chosen.from, chosen.to);
    if (!statement) return;
    await startRun(tab.id, environment, statement);
    await cache.invalidateQueries({ queryKey: ['adhoc-runs'] });
  };
  const format = async () => {
    try {
      const { formatDialect, clickhouse } = await import('sql-formatter');
      write(formatDialect(tab.text, { dialect: clickhouse, keywordCase: 'upper', tabWidth: 2 }));
    } catch {
      toasts.failed(text.formatFailed, text.failed);
    }
  };
  return {
    chosen,
    write,
    run: () => void run(),
    format: () => void format(),
    cancel: () => cancelRun(tab.id),
    select: (from: number, to: number) =>
      setChosen((before) => (before.from === from && before.to === to ? before : { from, to })),
  };
}

function SaveButton({ tab, change }: { tab: QueryTab; change: ChangeTabs }) {
  const [asking, setAsking] = useState(false);
  const save = useSave((saved) => change((before) => changeTab(before, tab.id, { saved: saved.id, name: saved.name })));
  const click = () => (tab.saved ? save.mutate({ id: tab.saved, name: tabName(tab), sql: tab.text }) : setAsking(true));
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconDeviceFloppy size={14} />}
        disabled={!tab.text.trim()}
        onClick={click}
      >
        {text.saved.save}
      </Button>
      {asking && (
        <NameDialog
          title={text.saved.saveAs}
          initial={tab.name}
          close={() => setAsking(false)}
          save={(name) => save.mutate({ name, sql: tab.text })}
        />
      )}
    </>
  );
}

export function SqlPane({ set, change, view, changeView, editor }: Props) {
  const tab = activeTab(set);
  const run = useRun(tab.id);
  const offers = useOffers();
  const actions = useActions(tab, change);
  const error = useMemo(() => placeOf(run.failure, run.statement), [run.failure, run.statement]);
  const { chosen } = actions;
  const { group } = text.shortcuts;
  useShortcuts([
    { keys: 'mod+enter', label: text.shortcuts.run, group, run: actions.run },
    { keys: 'escape', label: text.shortcuts.cancel, group, run: () => actions.cancel() },
    { keys: 'mod+alt+n', label: text.shortcuts.tab, group, run: () => change((before) => openTab(before, newId())) },
  ]);
  return (
    <div className="query-sql">
      <div className="query-bar">
        <TabBar set={set} change={change} />
        <Button size="xs" variant="default" leftSection={<IconBraces size={14} />} onClick={actions.format}>
          {text.format}
        </Button>
        <SaveButton tab={tab} change={change} />
        <RunButton
          since={run.since}
          selection={chosen.from !== chosen.to && tab.text.slice(chosen.from, chosen.to).trim() !== ''}
          run={actions.run}
          cancel={() => actions.cancel()}
        />
      </div>
      <SqlEditor
        ref={editor}
        tab={tab.id}
        text={tab.text}
        offers={offers}
        error={error}
        change={actions.write}
        select={actions.select}
        run={actions.run}
        format={actions.format}
        cancel={actions.cancel}
      />
      <Results
        run={run}
        show={view.show ?? 'table'}
        setShow={(show) => changeView({ show: show === 'chart' ? show : undefined })}
      />
    </div>
  );
}
