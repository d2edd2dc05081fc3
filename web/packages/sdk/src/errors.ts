/** What can go wrong, as classes that a program can tell apart. */

import type { Event, EventsAnswer } from './types.ts';

/** What was thrown, in words. Anything can be thrown, also what has no words or throws when it is asked for them. */
export function messageOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return 'an error that cannot be read';
  }
}

/** One wrong field of a refused request: `path` such as `events[3].tenant_id`. */
export interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

/**
 * How far `sendEvents` came before it failed: nothing that was given to it is in doubt. `answer` adds up the batches stored before, `offset` is how many
 * events those were; `events` is the batch that failed, with the `event_id`s that were sent: send them again, and what did arrive is a duplicate.
 */
export interface Unsent {
  readonly answer: EventsAnswer;
  readonly offset: number;
  readonly events: readonly Event[];
}

/** Anything that this package raises, except for the abort of a caller's own signal. */
export class EmbanError extends Error {
  /** Set where `sendEvents` failed. */
  unsent?: Unsent;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The server could not be reached, or did not answer in time, after every retry. `cause` is the last reason. */
export class EmbanConnectionError extends EmbanError {}

/** A tracker gave up events that no server refused: its queue was full, or the process ended first. */
export class EventsDroppedError extends EmbanError {}

/** The server answered with an error. */
export class EmbanApiError extends EmbanError {
  /** HTTP's status. */
  readonly status: number;
  /** The API's snake_case code; `unknown` for an answer that is not the API's. */
  readonly code: string;
  /** The places in the request that are wrong. */
  readonly fields: readonly FieldProblem[];
  /** The whole answer: a 402 has `plan`, `upgrade_to`, `limit` and `used`. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Seconds of `Retry-After`, or null. */
  readonly retryAfter: number | null;
  /** Finds the request in the server's log. */
  readonly requestId: string | null;

  constructor(
    status: number,
    body: Readonly<Record<string, unknown>>,
    more: { retryAfter?: number | null; requestId?: string | null } = {},
  ) {
    const code = typeof body.code === 'string' ? body.code : 'unknown';
    super(`${status} ${code}: ${typeof body.error === 'string' ? body.error : 'no message'}`);
    this.status = status;
    this.code = code;
    this.fields = Array.isArray(body.fields) ? (body.fields as FieldProblem[]) : [];
    this.body = body;
    this.retryAfter = more.retryAfter ?? null;
    this.requestId = more.requestId ?? null;
  }
}
