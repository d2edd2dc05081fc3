/**
 * Live updates: what others change, and events that arrive, from `GET /v1/stream`. One connection for the page; none while it is hidden.
 * Answers that a change is about are fetched anew; pages may listen for more.
 */

import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { fetchSignedIn } from './expiry.ts';
import { EventReader, type ServerEvent } from './sse.ts';

/** A change, as the stream tells it. */
export interface LiveChange {
  readonly entity: string;
  readonly id: string;
  readonly action: string;
  readonly version?: number;
  readonly actor?: string;
  readonly at: string;
}

/** The first parts of the keys of queries that are about an entity. */
export const QUERIES_OF: Readonly<Record<string, readonly string[]>> = {
  dashboard: ['dashboards', 'dashboard', 'versions', 'billing'],
  widget: ['widgets', 'widget', 'dashboard'],
  saved_query: ['saved-queries'],
  api_key: ['keys', 'billing'],
  alert: ['alerts', 'alert'],
  report: ['reports', 'report'],
  embed_session: ['embed-sessions'],
  environment: ['environments'],
  org: ['me', 'org', 'billing'],
  member: ['members', 'me'],
  invite: ['invites'],
};
/** Queries that new events change. Figures of dashboards are not among them: they would move under one's eyes. */
const ABOUT_EVENTS = ['discover', 'recent-events', 'rejected-events'];

/** What the stream's events mean for the answers in the cache. */
export function namesToRefetch({ event, data }: ServerEvent): readonly string[] | 'all' {
  if (event === 'reset') return 'all';
  if (event === 'events') return ABOUT_EVENTS;
  if (event !== 'change') return [];
  return QUERIES_OF[(JSON.parse(data) as LiveChange).entity] ?? [];
}

const FIRST_WAIT_MS = 1_000;
const MOST_WAIT_MS = 60_000;

/** How long to wait before the attempt after `failures` failed ones, in milliseconds: longer each time, and never all at once. */
export function waitBefore(failures: number, asked: number | null, random = Math.random()): number {
  const base = Math.min(MOST_WAIT_MS, (asked ?? FIRST_WAIT_MS) * 2 ** Math.min(failures, 10));
  return Math.round(base * (0.75 + random / 2));
}

const sleep = (ms: number, signal: AbortSignal) =>
  new Promise<void>((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      done();
    });
  });

type Listener = (event: ServerEvent) => void;

/** One connection after another until `signal` ends it. */
export class LiveStream {
  private lastId = '';
  private retryMs: number | null = null;
  private failures = 0;

  constructor(
    private readonly environment: string,
    private readonly listener: Listener,
    private readonly fetcher: typeof fetch = fetchSignedIn,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (!(await this.connect(signal))) return;
      } catch {
        // Offline, or the server went away: tried again below.
      }
      this.failures += 1;
      await sleep(waitBefore(this.failures - 1, this.retryMs), signal);
    }
  }

  /** False where trying again is of no use: the server has no stream, or this person may not read it. */
  private async connect(signal: AbortSignal): Promise<boolean> {
    const headers: Record<string, string> = { Accept: 'text/event-stream', 'X-Emban-Environment': this.environment };
    if (this.lastId) headers['Last-Event-ID'] = this.lastId;
    const response = await this.fetcher('/v1/stream', {
      headers,
      signal,
      credentials: 'same-origin',
      cache: 'no-store',
    });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      return response.status >= 500 || response.status === 429;
    }
    const reader = new EventReader(this.lastId);
    const text = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await text.read();
      if (done) return true;
      this.failures = 0;
      for (const event of reader.read(value)) this.listener(event);
      // Also where the server only says where the stream stands: it begins with that, and goes on with it while nothing changes.
      this.lastId = reader.resumeId;
      this.retryMs = reader.retryMs;
    }
  }
}

const listeners = new Set<Listener>();

function spread(cache: QueryClient, event: ServerEvent): void {
  const names = namesToRefetch(event);
  if (names === 'all') void cache.invalidateQueries();
  else for (const name of names) void cache.invalidateQueries({ queryKey: [name] });
  for (const listener of listeners) listener(event);
}

/** Keeps the page live while it is visible. For the frame of the console alone. */
export function useLiveUpdates(environment: string): void {
  const cache = useQueryClient();
  useEffect(() => {
    const stream = new LiveStream(environment, (event) => spread(cache, event));
    let open: AbortController | null = null;
    const follow = () => {
      if (document.hidden) {
        open?.abort();
        open = null;
      } else if (!open) {
        open = new AbortController();
        void stream.run(open.signal);
      }
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      open?.abort();
    };
  }, [cache, environment]);
}

function useListener(listener: Listener): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => {
    const hear: Listener = (event) => latest.current(event);
    listeners.add(hear);
    return () => {
      listeners.delete(hear);
    };
  }, []);
}

/** Hears of every change of one kind of thing, one's own included. */
export function useLiveChange(entity: string, heard: (change: LiveChange) => void): void {
  useListener(({ event, data }) => {
    if (event !== 'change') return;
    const change = JSON.parse(data) as LiveChange;
    if (change.entity === entity) heard(change);
  });
}

/** Hears when new events were taken; `asOf` is the newest of them that can be read. */
export function useLiveEvents(heard: (asOf: string | null) => void): void {
  useListener(({ event, data }) => {
    if (event === 'events') heard((JSON.parse(data) as { as_of?: string | null }).as_of ?? null);
  });
}
