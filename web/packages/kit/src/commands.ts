/** What the palette finds, and how. Pure. */

import type { ReactNode } from 'react';

export interface Command {
  readonly id: string;
  readonly label: string;
  readonly group: string;
  readonly run: () => void;
  /** A second line: where it is, what it does. */
  readonly about?: string;
  readonly icon?: ReactNode;
  /** Other words that find it. */
  readonly keywords?: readonly string[];
  /** The shortcut that does the same. */
  readonly keys?: string;
}

/** Most entries of one group that are shown while nothing is typed. */
const FEW = 6;

/** The commands that have every word of `query` in what they are called by, group by group in the order given. */
export function matching(commands: readonly Command[], query: string): [string, Command[]][] {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, Command[]>();
  for (const one of commands) {
    const text = [one.label, one.about, one.group, ...(one.keywords ?? [])].join(' ').toLowerCase();
    if (!wanted.every((word) => text.includes(word))) continue;
    const group = groups.get(one.group) ?? [];
    if (wanted.length > 0 || group.length < FEW) group.push(one);
    groups.set(one.group, group);
  }
  return [...groups];
}
