/** Tabs of statements: what is open, in which order, and what was closed and may come back. Pure. */

export interface QueryTab {
  readonly id: string;
  /** The name that somebody gave it; without one it is called by its place. */
  readonly name: string;
  readonly number: number;
  readonly text: string;
  /** The saved query that it is, where it is one. */
  readonly saved?: string;
}

export interface TabSet {
  readonly tabs: readonly QueryTab[];
  readonly active: string;
  /** The last closed first. */
  readonly closed: readonly QueryTab[];
}

const MOST_CLOSED = 20;

export type Make = Partial<Pick<QueryTab, 'name' | 'text' | 'saved'>>;

function made(set: Pick<TabSet, 'tabs'>, id: string, given: Make): QueryTab {
  const taken = new Set(set.tabs.map(({ number }) => number));
  let number = 1;
  while (taken.has(number)) number += 1;
  return { id, name: '', number, text: '', ...given };
}

export function firstTabs(id: string, text: string): TabSet {
  return { tabs: [made({ tabs: [] }, id, { text })], active: id, closed: [] };
}

export function activeTab(set: TabSet): QueryTab {
  return (set.tabs.find(({ id }) => id === set.active) ?? set.tabs[0]) as QueryTab;
}

/** A new tab behind the others, in front of everybody. */
export function openTab(set: TabSet, id: string, given: Make = {}): TabSet {
  return { ...set, tabs: [...set.tabs, made(set, id, given)], active: id };
}

/** One tab less; the last one leaves an empty one. `id` is for that one. */
export function closeTab(set: TabSet, gone: string, id: string): TabSet {
  const at = set.tabs.findIndex((tab) => tab.id === gone);
  const tab = set.tabs[at];
  if (!tab) return set;
  const tabs = set.tabs.filter((one) => one !== tab);
  const closed = tab.text.trim() ? [tab, ...set.closed].slice(0, MOST_CLOSED) : set.closed;
  const next = tabs[Math.min(at, tabs.length - 1)];
  if (!next) return { ...firstTabs(id, ''), closed };
  return { tabs, closed, active: set.active === gone ? next.id : set.active };
}

/** The tab that was closed last, as it was. */
export function reopenTab(set: TabSet): TabSet {
  const [tab, ...closed] = set.closed;
  if (!tab) return set;
  const taken = set.tabs.some(({ number }) => number === tab.number);
  const back = taken ? { ...made(set, tab.id, tab), number: made(set, tab.id, {}).number } : tab;
  return { tabs: [...set.tabs, back], active: tab.id, closed };
}

export function changeTab(set: TabSet, id: string, change: Partial<QueryTab>): TabSet {
  return { ...set, tabs: set.tabs.map((tab) => (tab.id === id ? { ...tab, ...change } : tab)) };
}

export function showTab(set: TabSet, id: string): TabSet {
  return set.tabs.some((tab) => tab.id === id) ? { ...set, active: id } : set;
}

/** What was kept, as far as it is what it should be; null for anything else. */
export function readTabs(kept: string | null): TabSet | null {
  try {
    const { tabs, active, closed } = JSON.parse(kept ?? '') as Partial<TabSet>;
    const good = (all: unknown): QueryTab[] =>
      (Array.isArray(all) ? all : []).filter(
        (tab) => tab && typeof tab.id === 'string' && typeof tab.text === 'string' && typeof tab.number === 'number',
      );
    const open = good(tabs);
    const first = open[0];
    if (!first) return null;
    const shown = open.some(({ id }) => id === active) ? (active as string) : first.id;
    return { tabs: open, active: shown, closed: good(closed).slice(0, MOST_CLOSED) };
  } catch {
    return null;
  }
}
