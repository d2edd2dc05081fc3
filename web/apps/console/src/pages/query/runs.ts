/** Statements that run and what came of them, by tab: they go on while another tab is in front, and end when the page is left. */

import { ApiFailure } from '@emban/api';
import { bodyOf } from '@emban/api/console';
import { useSyncExternalStore } from 'react';
import { clientFor } from '../../session.ts';
import type { Result } from './cells.ts';
import type { Statement } from './statements.ts';

export interface TabRun {
  /** When what runs now was begun, in `performance.now()` milliseconds; null where nothing runs. */
  readonly since: number | null;
  readonly statement: Statement | null;
  readonly result: Result | null;
  readonly failure: ApiFailure | null;
  readonly cancelled: boolean;
  /** Grows with each answer: what is shown of the last one begins anew. */
  readonly count: number;
}

const NOTHING: TabRun = { since: null, statement: null, result: null, failure: null, cancelled: false, count: 0 };

interface Running {
  readonly runId: string;
  readonly environment: string;
  readonly abort: AbortController;
}

const runs = new Map<string, TabRun>();
const running = new Map<string, Running>();
const listeners = new Set<() => void>();

function set(tab: string, run: TabRun): void {
  runs.set(tab, run);
  for (const listener of listeners) listener();
}

const of = (tab: string) => runs.get(tab) ?? NOTHING;

/** Asks for the end of a statement. The request outlives the page; the broken connection ends the statement as well. */
function end({ runId, environment, abort }: Running): void {
  const headers = { 'X-Emban-Environment': environment };
  const path = `/v1/query/adhoc/${encodeURIComponent(runId)}/cancel`;
  void fetch(path, { method: 'POST', keepalive: true, credentials: 'same-origin', headers }).catch(() => undefined);
  abort.abort();
}

export function cancelRun(tab: string): boolean {
  const one = running.get(tab);
  if (!one) return false;
  running.delete(tab);
  end(one);
  set(tab, { ...of(tab), since: null, cancelled: true });
  return true;
}

export function cancelAllRuns(): void {
  for (const tab of [...running.keys()]) cancelRun(tab);
}

function failureOf(error: unknown): ApiFailure {
  return error instanceof ApiFailure ? error : new ApiFailure(0, 'offline', String(error));
}

/** Runs a statement in a tab; what ran there before is cancelled. */
export async function startRun(tab: string, environment: string, statement: Statement): Promise<void> {
  cancelRun(tab);
  const mine: Running = { runId: crypto.randomUUID(), environment, abort: new AbortController() };
  running.set(tab, mine);
  const before = of(tab);
  set(tab, { ...before, since: performance.now(), statement, failure: null, cancelled: false });
  try {
    const body = { sql: statement.text, run_id: mine.runId };
    const answer = await clientFor(environment).POST('/v1/query/adhoc', { body, signal: mine.abort.signal });
    if (running.get(tab) !== mine) return;
    running.delete(tab);
    const result = bodyOf(answer) as unknown as Result;
    set(tab, { ...NOTHING, statement, result, count: before.count + 1 });
  } catch (error) {
    if (running.get(tab) !== mine) return;
    running.delete(tab);
    const failure = failureOf(error);
    const cancelled = failure.code === 'run_cancelled';
    set(tab, { ...of(tab), since: null, failure: cancelled ? null : failure, cancelled });
  }
}

export function forgetRun(tab: string): void {
  cancelRun(tab);
  runs.delete(tab);
}

export function useRun(tab: string): TabRun {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => of(tab),
  );
}

if (typeof window !== 'undefined') window.addEventListener('pagehide', cancelAllRuns);
