/** The tabs of a person in an org and environment, kept in this browser: they outlive the page, the tab and the session. */

import { useCallback, useSyncExternalStore } from 'react';
import { firstTabs, readTabs, type TabSet } from './tabs.ts';

const sets = new Map<string, TabSet>();
const listeners = new Set<() => void>();

export const newId = () => crypto.randomUUID();

function setOf(place: string): TabSet {
  let set = sets.get(place);
  if (!set) {
    set = readTabs(localStorage.getItem(place)) ?? firstTabs(newId(), '');
    sets.set(place, set);
  }
  return set;
}

function write(place: string, set: TabSet): void {
  sets.set(place, set);
  try {
    localStorage.setItem(place, JSON.stringify(set));
  } catch {
    // Full, or not allowed: the tabs live as long as the page.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  const elsewhere = ({ key, newValue }: StorageEvent) => {
    const set = key === null ? null : readTabs(newValue);
    if (key === null || !set || !sets.has(key)) return;
    // The other window has its own tab in front, and this one keeps its own.
    const mine = sets.get(key) as TabSet;
    sets.set(key, set.tabs.some(({ id }) => id === mine.active) ? { ...set, active: mine.active } : set);
    listener();
  };
  listeners.add(listener);
  window.addEventListener('storage', elsewhere);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', elsewhere);
  };
}

export type ChangeTabs = (change: (set: TabSet) => TabSet) => void;

export function useTabs(place: string): [TabSet, ChangeTabs] {
  const set = useSyncExternalStore(
    subscribe,
    useCallback(() => setOf(place), [place]),
  );
  const change = useCallback<ChangeTabs>((make) => write(place, make(setOf(place))), [place]);
  return [set, change];
}
