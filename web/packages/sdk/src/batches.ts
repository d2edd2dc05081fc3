/** Events as text: each has its `event_id` before the first attempt, and no request is larger than the server takes. */

import { randomUUID } from 'node:crypto';
import type { Event } from './types.ts';

export const MAX_EVENTS = 1000;
/** The server takes 5 MiB. */
export const MAX_BYTES = 4 << 20;
const AROUND = '{"events":[]}'.length;

/** Encoded events of one request; `offset` events were in the batches before. */
export interface Batch {
  readonly events: readonly string[];
  readonly offset: number;
}

export function bodyOf(batch: Batch): string {
  return `{"events":[${batch.events.join(',')}]}`;
}

export function decoded(batch: Batch): Event[] {
  return batch.events.map((event) => JSON.parse(event) as Event);
}

function checkNumbers(event: Event): void {
  for (const [name, value] of Object.entries(event.numeric_props ?? {})) {
    // JSON would make null of it, and hide whose mistake that was.
    if (!Number.isFinite(value)) throw new TypeError(`numeric_props.${name} must be a finite number`);
  }
}

/** An event as JSON, with an id if it had none. Throws a TypeError or RangeError for what JSON cannot say: NaN, an invalid Date. */
export function encode(event: Event): string {
  checkNumbers(event);
  return JSON.stringify({ ...event, event_id: event.event_id ?? randomUUID() });
}

export function sizeOf(encoded: string): number {
  return Buffer.byteLength(encoded) + 1;
}

/** Split events into requests of at most 1,000 events and 4 MiB; one event that is larger goes alone. */
export function* batches(events: Iterable<Event>): Generator<Batch> {
  let held: string[] = [];
  let size = AROUND;
  let offset = 0;
  for (const event of events) {
    const encoded = encode(event);
    if (held.length === MAX_EVENTS || (held.length > 0 && size + sizeOf(encoded) > MAX_BYTES)) {
      yield { events: held, offset };
      offset += held.length;
      held = [];
      size = AROUND;
    }
    held.push(encoded);
    size += sizeOf(encoded);
  }
  if (held.length > 0) yield { events: held, offset };
}
