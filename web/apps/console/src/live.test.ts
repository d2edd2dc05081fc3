import { expect, it, vi } from 'vitest';
import { LiveStream, namesToRefetch, waitBefore } from './live.ts';
import type { ServerEvent } from './sse.ts';

function streamOf(...pieces: string[]): Response {
  const bytes = pieces.map((piece) => new TextEncoder().encode(piece));
  return new Response(
    new ReadableStream({
      start(controller) {
        for (const one of bytes) controller.enqueue(one);
        controller.close();
      },
    }),
  );
}

it('says which answers a change is about', () => {
  const change = (entity: string): ServerEvent => ({ event: 'change', data: JSON.stringify({ entity }), id: '' });
  expect(namesToRefetch(change('dashboard'))).toContain('dashboards');
  expect(namesToRefetch(change('something_new'))).toEqual([]);
  expect(namesToRefetch({ event: 'reset', data: '{}', id: '' })).toBe('all');
  expect(namesToRefetch({ event: 'events', data: '{}', id: '' })).toContain('discover');
});

it('waits longer after each failure, and not without end', () => {
  expect(waitBefore(0, null, 0.5)).toBe(1000);
  expect(waitBefore(3, null, 0.5)).toBe(8000);
  expect(waitBefore(50, null, 0.5)).toBe(60_000);
  expect(waitBefore(0, 3000, 0.5)).toBe(3000);
});

it('resumes after the last event that it has read', async () => {
  vi.useFakeTimers();
  const end = new AbortController();
  const seen: ServerEvent[] = [];
  const asked: (string | undefined)[] = [];
  const fetcher = vi.fn(async (_: unknown, init: RequestInit = {}) => {
    asked.push((init.headers as Record<string, string>)['Last-Event-ID']);
    if (asked.length === 1) return streamOf('id: 41\nevent: ev', 'ents\ndata: {}\n\n');
    if (asked.length === 2) throw new TypeError('network');
    end.abort();
    return streamOf('id: 42\ndata: y\n\n');
  });
  const running = new LiveStream('dev', (event) => seen.push(event), fetcher as typeof fetch).run(end.signal);
  await vi.runAllTimersAsync();
  await running;
  expect(asked).toEqual([undefined, '41', '41']);
  expect(seen.map(({ id }) => id)).toEqual(['41', '42']);
  vi.useRealTimers();
});

it('resumes from where the server says that the stream stands, once it has said so', async () => {
  vi.useFakeTimers();
  const end = new AbortController();
  const asked: (string | undefined)[] = [];
  const fetcher = vi.fn(async (_: unknown, init: RequestInit = {}) => {
    asked.push((init.headers as Record<string, string>)['Last-Event-ID']);
    if (asked.length === 1) return streamOf('retry: 1\nid: 7\n\n', 'id: 8\ndata: cut o');
    if (asked.length === 2) return streamOf('id: 7\n\n: heartbeat\nid: 9\n\n');
    end.abort();
    return streamOf('');
  });
  const running = new LiveStream('prod', () => undefined, fetcher as typeof fetch).run(end.signal);
  await vi.runAllTimersAsync();
  await running;
  expect(asked).toEqual([undefined, '7', '9']);
  vi.useRealTimers();
});

it('gives up where there is no stream for this person', async () => {
  const fetcher = vi.fn(async () => new Response('{}', { status: 404 }));
  await new LiveStream('prod', () => undefined, fetcher as typeof fetch).run(new AbortController().signal);
  expect(fetcher).toHaveBeenCalledTimes(1);
});
