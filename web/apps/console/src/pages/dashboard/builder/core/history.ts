/** Undo and redo of whole states, each step with a name. Pure: every function returns another history. */

import { type Draft, same } from './doc.ts';

export const MOST_STEPS = 100;

/** One change: what it is called, and the states around it. */
export interface Step {
  readonly name: string;
  readonly before: Draft;
  readonly after: Draft;
  /** Steps of the same group that follow one another at once are one: the letters of a title, say. */
  readonly group?: string;
  readonly at: number;
}

export interface History {
  readonly past: readonly Step[];
  readonly present: Draft;
  readonly future: readonly Step[];
}

/** How long after a step another one of its group still belongs to it, ms. */
const SAME_GROUP_MS = 1500;

export const begin = (present: Draft): History => ({ past: [], present, future: [] });

/** The history with one more step; the same one where nothing would change. */
export function record(history: History, name: string, after: Draft, { group = '', at = 0 } = {}): History {
  if (after === history.present || same(after, history.present)) return history;
  const last = history.past.at(-1);
  const joins = last !== undefined && group !== '' && last.group === group && at - last.at < SAME_GROUP_MS;
  const before = joins ? last.before : history.present;
  const step: Step = { name, before, after, group, at };
  const past = [...(joins ? history.past.slice(0, -1) : history.past), step].slice(-MOST_STEPS);
  return { past, present: after, future: [] };
}

export function undo(history: History): History {
  const step = history.past.at(-1);
  if (!step) return history;
  return { past: history.past.slice(0, -1), present: step.before, future: [step, ...history.future] };
}

export function redo(history: History): History {
  const [step, ...future] = history.future;
  if (!step) return history;
  return { past: [...history.past, step], present: step.after, future };
}

/** What undoing would take back, and redoing bring again; null where there is nothing. */
export const undoName = (history: History) => history.past.at(-1)?.name ?? null;
export const redoName = (history: History) => history.future[0]?.name ?? null;

/**
 * The same steps over another ground: `move` carries each state over. So undoing takes back one's own changes alone, and not what somebody else
 * saved in between.
 */
export function rebase(history: History, present: Draft, move: (state: Draft) => Draft): History {
  const moved = new Map<Draft, Draft>([[history.present, present]]);
  const carry = (state: Draft) => {
    const known = moved.get(state);
    if (known) return known;
    const next = move(state);
    moved.set(state, next);
    return next;
  };
  const carried = (step: Step): Step => ({ ...step, before: carry(step.before), after: carry(step.after) });
  return { past: history.past.map(carried), present, future: history.future.map(carried) };
}
