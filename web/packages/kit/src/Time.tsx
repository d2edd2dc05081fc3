/** A time as people say it, the exact one with its zone on hover; it moves on while the page is looked at. */

import { useSyncExternalStore } from 'react';
import { ago, exactTime } from './time.ts';

const TICK_MS = 15_000;

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;

function tick(): void {
  if (document.hidden) return;
  now = Date.now();
  for (const listener of listeners) listener();
}

/** One clock for all times of the page. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === null) {
    now = Date.now();
    timer = setInterval(tick, TICK_MS);
    document.addEventListener('visibilitychange', tick);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
    document.removeEventListener('visibilitychange', tick);
  };
}

/** The time in epoch milliseconds, which moves every 15 seconds while the page is visible. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

export function Time({ at, none = '–' }: { at: string | null | undefined; none?: string }) {
  const present = useNow();
  if (!at) return <>{none}</>;
  // A time of a moment ago may be ahead of a clock that ticks every 15 seconds.
  const text = ago(at, Math.max(present, Math.min(Date.parse(at), present + TICK_MS)));
  return (
    <time dateTime={at} title={exactTime(at)}>
      {text}
    </time>
  );
}
