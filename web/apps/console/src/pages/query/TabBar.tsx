/** Open statements, one tab each. */

import { ActionIcon, Tooltip, UnstyledButton } from '@mantine/core';
import { IconHistory, IconPlus, IconX } from '@tabler/icons-react';
import { type KeyboardEvent, useState } from 'react';
import { words } from '../../words/words.ts';
import { forgetRun } from './runs.ts';
import { NameDialog } from './Saved.tsx';
import { changeTab, closeTab, openTab, type QueryTab, reopenTab, showTab, type TabSet } from './tabs.ts';
import { type ChangeTabs, newId } from './use-tabs.ts';

const text = words.query;

export const tabName = ({ name, number }: QueryTab) => name || text.tab(number);

interface Props {
  readonly set: TabSet;
  readonly change: ChangeTabs;
}

function Tab({ tab, set, change, rename }: Props & { tab: QueryTab; rename: () => void }) {
  const active = tab.id === set.active;
  const close = () => {
    forgetRun(tab.id);
    change((before) => closeTab(before, tab.id, newId()));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = set.tabs.indexOf(tab);
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = set.tabs[at + step];
    if (event.key === 'Delete') close();
    if (event.key === 'F2') rename();
    if (!step || !next) return;
    change((before) => showTab(before, next.id));
    requestAnimationFrame(() => document.getElementById(`query-tab-${next.id}`)?.focus());
  };
  return (
    <span className={`query-tab${active ? ' is-active' : ''}`} role="presentation">
      <UnstyledButton
        id={`query-tab-${tab.id}`}
        role="tab"
        aria-selected={active}
        aria-keyshortcuts="Delete"
        tabIndex={active ? 0 : -1}
        className="query-tab-name"
        onClick={() => change((before) => showTab(before, tab.id))}
        onDoubleClick={rename}
        onKeyDown={onKeyDown}
      >
        {tabName(tab)}
      </UnstyledButton>
      <ActionIcon
        size="xs"
        variant="subtle"
        color="gray"
        tabIndex={-1}
        onClick={close}
        aria-hidden="true"
        title={text.closeTab(tabName(tab))}
      >
        <IconX size={12} />
      </ActionIcon>
    </span>
  );
}

export function TabBar({ set, change }: Props) {
  const [renamed, setRenamed] = useState<QueryTab | null>(null);
  const last = set.closed[0];
  return (
    <div className="query-tabs">
      <div role="tablist" aria-label={text.tabs} className="query-tablist">
        {set.tabs.map((tab) => (
          <Tab key={tab.id} tab={tab} set={set} change={change} rename={() => setRenamed(tab)} />
        ))}
      </div>
      <Tooltip label={text.newTab}>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={text.newTab}
          onClick={() => change((before) => openTab(before, newId()))}
        >
          <IconPlus size={16} />
        </ActionIcon>
      </Tooltip>
      {last && (
        <Tooltip label={`${text.reopenTab}: ${tabName(last)}`}>
          <ActionIcon variant="subtle" color="gray" aria-label={text.reopenTab} onClick={() => change(reopenTab)}>
            <IconHistory size={16} />
          </ActionIcon>
        </Tooltip>
      )}
      {renamed && (
        <NameDialog
          title={text.renameTab}
          initial={tabName(renamed)}
          close={() => setRenamed(null)}
          save={(name) => change((before) => changeTab(before, renamed.id, { name }))}
        />
      )}
    </div>
  );
}
