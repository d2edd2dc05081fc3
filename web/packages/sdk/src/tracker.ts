/** Events sent in the background: collected, batched, flushed when the process ends. */

import { type Batch, encode, MAX_BYTES, MAX_EVENTS, ownFields, sizeOf } from './batches.ts';
import { type Emban, sendBatch } from './client.ts';
import { EmbanApiError, type EmbanError, EventsDroppedError, messageOf } from './errors.ts';
import type { Event, EventProblem } from './types.ts';

/** What the server will never take. Anything else may pass: a plan's limit ends with the month, a missing key is made. */
const REFUSED_FOR_GOOD: readonly number[] = [400, 413];
const LONGEST_REST_MS = 30_000;

export type OnError = (error: EmbanError, events: readonly Event[]) => void;

export interface TrackerOptions {
  /** Milliseconds between two batches; a full one goes at once. Default 1,000. */
  readonly intervalMs?: number;
  /** At most so many events wait; default 100,000. */
  readonly maxQueued?: number;
  /** At most so many bytes wait; default 64 MiB. */
  readonly maxBytes?: number;
  /** Events that will not be stored, and why. Without one a process warning says how many. */
  readonly onError?: OnError;
  /** Flush on SIGTERM and SIGINT, and then let the signal do what it does; default true. */
  readonly flushOnSignals?: boolean;
  /** Milliseconds that a flush at the end of the process may take; default 10,000. */
  readonly closeTimeoutMs?: number;
}

/** Says how many events are lost and why; the events themselves stay out of it. */
function warn(error: EmbanError, events: readonly Event[]): void {
  process.emitWarning(`${events.length} events were not stored: ${error.message}`, 'EmbanTracker');
}

/**
 * Collects events and sends them in batches, in order. `track` never throws and never waits, whatever it is given.
 *
 * What cannot be sent now (no answer, 429, 503, 402, 401 …) waits and is tried again, with the same `event_id`s. An event that will not be stored
 * (no event at all, refused by the server, no room, the process ended) is handed to `onError` with the reason and counted in `dropped`.
 */
export class Tracker {
  /** How many events were handed to `onError`. */
  dropped = 0;
  private queue: string[] = [];
  private inHand: readonly string[] = [];
  private bytes = 0;
  private failures = 0;
  private asked = 0;
  private timer: NodeJS.Timeout | null = null;
  private sending: Promise<boolean> | null = null;
  private closing: Promise<void> | null = null;
  private closed = false;
  private readonly stop = new AbortController();
  private readonly limits: Required<TrackerOptions>;
  private readonly onSignal = (signal: NodeJS.Signals) =>
    void this.close().then(() => process.kill(process.pid, signal));
  private readonly onEnd = () => void this.close();
  private readonly onExit = () => this.giveUpRest('the process ended before the server took them');

  constructor(
    private readonly client: Emban,
    options: TrackerOptions = {},
  ) {
    this.limits = {
      intervalMs: 1000,
      maxQueued: 100_000,
      maxBytes: 64 << 20,
      onError: warn,
      flushOnSignals: true,
      closeTimeoutMs: 10_000,
      ...options,
    };
    process.once('beforeExit', this.onEnd);
    process.once('exit', this.onExit);
    if (this.limits.flushOnSignals)
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, this.onSignal);
  }

  /** Queue one event, stamped now unless it has a `timestamp`; false if it was not taken (and reported). */
  track(event: Event): boolean {
    let encoded: string;
    try {
      const fields = ownFields(event);
      encoded = encode({ ...fields, timestamp: fields.timestamp ?? new Date() });
    } catch (error) {
      this.giveUp(new EventsDroppedError(`the event cannot be sent: ${messageOf(error)}`, { cause: error }), [event]);
      return false;
    }
    const refused = this.noRoom(sizeOf(encoded));
    if (refused) {
      this.giveUp(new EventsDroppedError(refused), [JSON.parse(encoded) as Event]);
      return false;
    }
    this.queue.push(encoded);
    this.bytes += sizeOf(encoded);
    if (this.queue.length >= MAX_EVENTS && this.failures === 0) void this.flush();
    else this.schedule();
    return true;
  }

  /** Send what is queued, now; true when nothing is left waiting. */
  flush(): Promise<boolean> {
    this.sending ??= this.sendAll().finally(() => {
      this.sending = null;
      if (this.queue.length > 0) this.schedule();
    });
    return this.sending;
  }

  /** Send what is queued, for at most `closeTimeoutMs`, and stop. What could not be sent by then is handed to `onError`. */
  close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private async finish(): Promise<void> {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    // Not unref'd: it is what keeps the process alive while the last events are sent.
    const deadline = setTimeout(() => this.stop.abort(), this.limits.closeTimeoutMs);
    while (!(await this.flush()) && !this.stop.signal.aborted) await this.rest();
    clearTimeout(deadline);
    this.giveUpRest('the tracker was closed before the server took them');
    process.off('beforeExit', this.onEnd).off('exit', this.onExit);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.off(signal, this.onSignal);
  }

  private rest(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.stop.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, this.restMs());
      this.stop.signal.addEventListener('abort', done);
    });
  }

  /** How long to wait before the next batch: longer after each failure, and at least as long as the server asked for. */
  private restMs(): number {
    const { intervalMs } = this.limits;
    const backoff = Math.min(intervalMs * 2 ** this.failures, Math.max(intervalMs, LONGEST_REST_MS));
    return Math.max(backoff, this.asked);
  }

  private schedule(): void {
    if (this.timer || this.closed) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.flush();
    }, this.restMs());
    // Waiting alone is no reason to stay: at the end of the process `beforeExit` flushes.
    this.timer.unref();
  }

  private noRoom(size: number): string | null {
    if (this.closed) return 'the tracker is closed';
    const isFull = this.queue.length + this.inHand.length >= this.limits.maxQueued;
    const isHeavy = this.bytes + size > this.limits.maxBytes;
    return isFull || isHeavy ? 'the queue is full: events come faster than the server takes them' : null;
  }

  private async sendAll(): Promise<boolean> {
    while (this.queue.length > 0) if (!(await this.send(this.take()))) return false;
    return true;
  }

  /** The oldest events, as many as one request carries; they count as queued until the server has them. */
  private take(): Batch {
    let size = 0;
    let count = 0;
    for (const event of this.queue) {
      size += sizeOf(event);
      if (count === MAX_EVENTS || (count > 0 && size > MAX_BYTES)) break;
      count += 1;
    }
    this.inHand = this.queue.splice(0, count);
    return { events: this.inHand, offset: 0 };
  }

  /** Whether the server has dealt with the batch; if not, it is the front of the queue again. */
  private async send(batch: Batch): Promise<boolean> {
    try {
      const answer = await sendBatch(this.client.http, batch, { signal: this.stop.signal });
      this.settle(batch);
      if (answer.errors?.length) this.reportRefused(answer.errors, batch);
      return true;
    } catch (error) {
      if (error instanceof EmbanApiError && REFUSED_FOR_GOOD.includes(error.status)) {
        this.settle(batch);
        this.giveUp(
          error,
          batch.events.map((one) => JSON.parse(one) as Event),
        );
        return true;
      }
      this.queue = [...batch.events, ...this.queue];
      this.inHand = [];
      this.failures = Math.min(this.failures + 1, 10);
      this.asked = error instanceof EmbanApiError ? (error.retryAfter ?? 0) * 1000 : 0;
      return false;
    }
  }

  private settle(batch: Batch): void {
    this.inHand = [];
    this.failures = 0;
    this.asked = 0;
    this.bytes -= batch.events.reduce((sum, event) => sum + sizeOf(event), 0);
  }

  private reportRefused(refused: readonly EventProblem[], batch: Batch): void {
    const fields = refused.map(({ index, path, message }) => ({ path: `events[${index}].${path}`, message }));
    const error = new EmbanApiError(200, { error: 'some events were refused', code: 'events_rejected', fields });
    const places = new Set(refused.map(({ index }) => index));
    const events = batch.events.filter((_, index) => places.has(index)).map((one) => JSON.parse(one) as Event);
    this.giveUp(error, events);
  }

  private giveUpRest(why: string): void {
    const rest = [...this.inHand, ...this.queue];
    this.queue = [];
    this.inHand = [];
    this.bytes = 0;
    if (rest.length > 0)
      this.giveUp(
        new EventsDroppedError(why),
        rest.map((one) => JSON.parse(one) as Event),
      );
  }

  private giveUp(error: EmbanError, events: readonly Event[]): void {
    this.dropped += events.length;
    // Whatever a callback does, later events are still sent; one that is async may fail after it has returned.
    const failed = (thrown: unknown) => process.emitWarning(`onError failed: ${messageOf(thrown)}`, 'EmbanTracker');
    try {
      const returned: unknown = this.limits.onError(error, events);
      if (returned instanceof Promise) returned.catch(failed);
    } catch (thrown) {
      failed(thrown);
    }
  }
}
