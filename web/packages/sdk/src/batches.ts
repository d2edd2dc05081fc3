/** Events as text: each has its `event_id` before the first attempt, and no request is larger than the server takes. */

import { randomUUID } from 'node:crypto';
import { types } from 'node:util';
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

/** JSON would make null of these, and hide whose mistake that was. */
function checkValues(event: Event): void {
  for (const [name, value] of Object.entries(event.numeric_props ?? {})) {
    if (!Number.isFinite(value)) throw new TypeError(`numeric_props.${name} must be a finite number`);
  }
  if (types.isDate(event.timestamp) && Number.isNaN(event.timestamp.getTime()))
    throw new RangeError('timestamp is an invalid date');
}

/** An event's own fields, each read once: a getter may give another value the second time, or throw. */
export function ownFields(event: Event): Event {
  if (typeof event !== 'object' || event === null || Array.isArray(event))
    throw new TypeError(`an event must be an object, not ${Array.isArray(event) ? 'an array' : String(event)}`);
  return { ...event };
}

/**
 * An event as JSON, with an id if it had none. Throws for what is no event and for what JSON cannot say: null, NaN, an invalid Date, a BigInt, a
 * cycle, nesting too deep; and whatever a getter or `toJSON` throws.
 */
export function encode(event: Event): string {
  const fields = ownFields(event);
  checkValues(fields);
  const encoded: unknown = JSON.stringify({ ...fields, event_id: fields.event_id ?? randomUUID() });
  // What `toJSON` returns need not be an object, or anything.
  if (typeof encoded !== 'string' || !encoded.startsWith('{'))
    throw new TypeError('an event must be an object in JSON');
  return encoded;
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
