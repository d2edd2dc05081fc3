/** Whatever a host's code hands to a tracker, nothing is raised in it, and nothing is lost without a word. */

import { afterEach, describe, expect, it, vi } from 'vitest';
import { Emban } from './client.ts';
import { EventsDroppedError } from './errors.ts';
import { type OnError, Tracker } from './tracker.ts';
import type { Event } from './types.ts';

const good: Event = { tenant_id: 't', event_name: 'e' };
const open: Tracker[] = [];

/** A tracker of a server that is not there: what it takes waits. */
function tracker(onError: OnError = () => undefined): Tracker {
  const emban = new Emban('http://127.0.0.1:9', { apiKey: 'eb_adm_test', retries: 0 });
  const made = new Tracker(emban, { intervalMs: 60_000, closeTimeoutMs: 0, flushOnSignals: false, onError });
  open.push(made);
  return made;
}

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const cycle: Record<string, unknown> = { ...good };
cycle.string_props = { cycle };
let deep: unknown = 'x';
for (let level = 0; level < 100_000; level += 1) deep = [deep];
const boom = () => {
  throw new Error('boom');
};

const HOPELESS: [string, unknown][] = [
  ['null', null],
  ['undefined', undefined],
  ['a text', 'e'],
  ['a number', 5],
  ['a symbol', Symbol('e')],
  ['a BigInt', 5n],
  ['a function', () => good],
  ['an array', [good]],
  ['a cycle', cycle],
  ['a BigInt inside', { ...good, string_props: { size: 5n } }],
  ['a BigInt as a number', { ...good, numeric_props: { size: 5n } }],
  ['NaN', { ...good, numeric_props: { size: Number.NaN } }],
  ['an invalid Date', { ...good, timestamp: new Date('nonsense') }],
  ['nesting', { ...good, string_props: { deep } }],
  ['a getter that throws', Object.defineProperty({ ...good }, 'user_id', { enumerable: true, get: boom })],
  ['a timestamp that throws', Object.defineProperty({ ...good }, 'timestamp', { enumerable: true, get: boom })],
  ['a toJSON that throws', { ...good, toJSON: boom }],
  ['a toJSON that says nothing', { ...good, toJSON: () => undefined }],
  ['a toJSON that says a text', { ...good, toJSON: () => 'e' }],
  ['a proxy that throws', new Proxy({ ...good }, { ownKeys: boom })],
  [
    'a getter that throws what has no words',
    Object.defineProperty({ ...good }, 'user_id', {
      enumerable: true,
      get: () => {
        throw Object.create(null);
      },
    }),
  ],
];

describe('track', () => {
  it.each(HOPELESS)('of %s reports it and takes the next event', (_, event) => {
    const lost: [Error, readonly unknown[]][] = [];
    const one = tracker((error, events) => lost.push([error, events]));
    expect(one.track(event as Event)).toBe(false);
    expect(one.dropped).toBe(1);
    expect(lost).toHaveLength(1);
    expect(lost[0]?.[0]).toBeInstanceOf(EventsDroppedError);
    expect(lost[0]?.[0].message).toMatch(/^the event cannot be sent: ./);
    expect(lost[0]?.[1][0]).toBe(event);
    expect(one.track(good)).toBe(true);
    expect(one.dropped).toBe(1);
  });

  it.each<[string, object]>([
    ['a Date', { timestamp: new Date(0) }],
    ['null for what is left out', { timestamp: null, event_id: null, numeric_props: null }],
    ['half a surrogate pair', { string_props: { half: '\ud83d' } }],
  ])('takes %s', (_, more) => {
    expect(tracker().track({ ...good, ...more } as Event)).toBe(true);
  });

  it('reads each field once', () => {
    const read = vi.fn(() => new Date(0));
    tracker().track(Object.defineProperty({ ...good }, 'timestamp', { enumerable: true, get: read }));
    expect(read).toHaveBeenCalledOnce();
  });
});

describe('an onError', () => {
  it.each<[string, OnError]>([
    ['that throws', boom],
    [
      'that throws what has no words',
      () => {
        throw Object.create(null);
      },
    ],
    ['that fails later', () => Promise.reject(new Error('boom')) as unknown as undefined],
  ])('%s is a warning of the process', async (_, onError) => {
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    const one = tracker(onError);
    expect(one.track(null as unknown as Event)).toBe(false);
    expect((await warned).message).toMatch(/^onError failed: /);
  });
});
