/** The query builder: questions in fields and in SQL, beside what there is to ask for. */

import { ClosedReason, PageHead } from '@emban/kit';
import { ActionIcon, SegmentedControl, Tabs, Tooltip } from '@mantine/core';
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import './query.css';
import { useCan, useEnvironment, useMe } from '../../session.ts';
import { words } from '../../words/words.ts';
import { History } from './History.tsx';
import { cancelAllRuns } from './runs.ts';
import { Saved } from './Saved.tsx';
import { Schema } from './Schema.tsx';
import type { EditorHandle } from './SqlEditor.tsx';
import { SqlPane } from './SqlPane.tsx';
import { activeTab, changeTab, type Make, openTab, showTab } from './tabs.ts';
import { type ChangeTabs, newId, useTabs } from './use-tabs.ts';
import { VisualPane } from './VisualPane.tsx';
import { type ChangeView, MODES, PANELS, type QueryView, useQueryView } from './view.ts';

const text = words.query;

function SidePanel({ view, change, insert, open }: SideProps) {
  const panel = view.panel ?? 'schema';
  if (panel === 'none') return null;
  const names = { schema: text.schema.title, history: text.history.title, saved: text.saved.title };
  return (
    <aside className="query-side" aria-label={names[panel]}>
      <Tabs value={panel} onChange={(chosen) => change({ panel: chosen as QueryView['panel'] })} keepMounted={false}>
        <Tabs.List>
          {PANELS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {names[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="schema" className="query-side-body">
          <Schema insert={insert} />
        </Tabs.Panel>
        <Tabs.Panel value="history" className="query-side-body">
          <History open={(sql) => open({ text: sql })} />
        </Tabs.Panel>
        <Tabs.Panel value="saved" className="query-side-body">
          <Saved open={({ id, name, sql }) => open({ text: sql, name, saved: id })} />
        </Tabs.Panel>
      </Tabs>
    </aside>
  );
}

interface SideProps {
  readonly view: QueryView;
  readonly change: ChangeView;
  readonly insert: (sql: string) => void;
  readonly open: (tab: Make) => void;
}

/** Opens a statement in a tab of its own. A saved query that is open already comes to the front, as somebody left it. */
function useOpen(changeTabs: ChangeTabs, view: QueryView, change: ChangeView) {
  return (made: Make) => {
    changeTabs((set) => {
      const there = made.saved ? set.tabs.find(({ saved }) => saved === made.saved) : undefined;
      if (there) return showTab(set, there.id);
      const present = activeTab(set);
      // An empty tab is taken; one with a text in it is never written over.
      if (!present.text.trim()) return changeTab(set, present.id, made);
      return openTab(set, newId(), made);
    });
    if ((view.mode ?? 'sql') === 'visual') change({ mode: 'split' });
  };
}

function Builder({ place }: { place: string }) {
  const [view, change] = useQueryView();
  const [set, changeTabs] = useTabs(place);
  const editor = useRef<EditorHandle>(null);
  const open = useOpen(changeTabs, view, change);
  const mode = view.mode ?? 'sql';
  const hidden = view.panel === 'none';
  useEffect(() => cancelAllRuns, []);
  const insert = (sql: string) => editor.current?.insert(sql);
  const sideWords = hidden ? text.schema.open : text.schema.close;
  return (
    <>
      <PageHead title={text.title}>
        {mode !== 'visual' && (
          <Tooltip label={sideWords}>
            <ActionIcon
              variant="default"
              size={30}
              aria-label={sideWords}
              onClick={() => change({ panel: hidden ? undefined : 'none' })}
            >
              {hidden ? <IconLayoutSidebarLeftExpand size={16} /> : <IconLayoutSidebarLeftCollapse size={16} />}
            </ActionIcon>
          </Tooltip>
        )}
        <SegmentedControl
          size="xs"
          aria-label={text.modes.label}
          value={mode}
          onChange={(value) => change({ mode: value as QueryView['mode'] })}
          data={MODES.map((value) => ({ value, label: text.modes[value] }))}
        />
      </PageHead>
      <div className={`query-page is-${mode}`}>
        {mode !== 'visual' && <SidePanel view={view} change={change} insert={insert} open={open} />}
        <div className="query-main">
          {mode !== 'sql' && (
            <VisualPane view={view} change={change} openSql={(sql, name) => open({ text: sql, name })} />
          )}
          {mode !== 'visual' && (
            <SqlPane set={set} change={changeTabs} view={view} changeView={change} editor={editor} />
          )}
        </div>
      </div>
    </>
  );
}

export function QueryPage() {
  const me = useMe();
  const admin = useCan('admin');
  const environment = useEnvironment();
  if (!me) return null;
  if (!admin) {
    return (
      <div className="page">
        <PageHead title={text.title} />
        <ClosedReason needs="admin">{text.closed}</ClosedReason>
      </div>
    );
  }
  const place = `emban-query:${me.org.id}:${me.user?.id ?? ''}:${environment}`;
  return <Builder key={place} place={place} />;
}
