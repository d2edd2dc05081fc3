/** One request of the API: attempts, waits, time limits, and errors with what a program needs. */

import { setTimeout as sleep } from 'node:timers/promises';
import { EmbanApiError, EmbanConnectionError } from './errors.ts';

export interface ClientOptions {
  /** An admin key (`eb_adm_…`), or an ingest key (`eb_ing_…`) for events alone. Never in a browser. */
  readonly apiKey: string;
  /** Milliseconds for each attempt; default 10,000. */
  readonly timeoutMs?: number;
  /** How often a call that got no answer, or a 429, 502, 503 or 504, is sent again; default 3. */
  readonly retries?: number;
}

export interface CallOptions {
  /** Ends the call, waits between attempts included; it is then rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Text, so that every attempt sends the same. */
  readonly body?: string;
  /** Whether the answer is a file, not JSON. */
  readonly file?: true;
  /** Whether it may be sent again where nobody knows if it was done. */
  readonly repeatable: boolean;
}

const RETRIED: readonly number[] = [429, 502, 503, 504];
/** With these the server says that it did nothing. */
const NOT_DONE: readonly number[] = [429, 503];
/** A server that asks for a longer wait is not waited for: the caller is told, `retryAfter` included. */
const LONGEST_WAIT_S = 60;
/** Nothing was sent where no connection was made. */
const NOT_CONNECTED: readonly unknown[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'];

/** Milliseconds before retry `attempt` (from 0): 200, 400 … 5,000, less up to a half, so that clients do not come back together. */
function backoffMs(attempt: number): number {
  return Math.min(200 * 2 ** attempt, 5000) * (0.5 + Math.random() / 2);
}

/** Seconds of a `Retry-After` header, which is a number or a date; null for none and for nonsense. */
export function secondsOf(header: string | null): number | null {
  if (header === null) return null;
  const seconds = header.trim() === '' ? Number.NaN : Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, (at - Date.now()) / 1000);
}

function codeOf(error: unknown): unknown {
  for (let one = error; one instanceof Error; one = one.cause) {
    if ('code' in one && typeof one.code === 'string') return one.code;
  }
  return undefined;
}

async function errorOf(response: Response): Promise<EmbanApiError> {
  let body: Record<string, unknown> = { error: response.statusText || 'no message' };
  try {
    const parsed: unknown = await response.json();
    if (parsed && typeof parsed === 'object' && !Array.isArray(parsed)) body = parsed as Record<string, unknown>;
  } catch {
    // A proxy's page, say: the status has to do.
  }
  const retryAfter = secondsOf(response.headers.get('retry-after'));
  return new EmbanApiError(response.status, body, { retryAfter, requestId: response.headers.get('x-request-id') });
}

export class Http {
  private readonly base: string;
  private readonly timeoutMs: number;
  private readonly retries: number;
  readonly #key: string;

  constructor(url: string, options: ClientOptions) {
    this.base = new URL(url).href.replace(/\/+$/, '');
    this.#key = options.apiKey;
    this.timeoutMs = options.timeoutMs ?? 10_000;
    this.retries = options.retries ?? 3;
  }

  async run<T>(call: Call, options: CallOptions = {}): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await this.attempt<T>(call, options.signal);
      if ('answer' in outcome) return outcome.answer;
      const pause = attempt < this.retries ? pauseMs(call, outcome.error, attempt) : null;
      if (pause === null) throw outcome.error;
      await this.wait(pause, options.signal);
    }
  }

  private async wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
    try {
      await sleep(ms, undefined, signal ? { signal } : {});
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }

  private async attempt<T>(
    call: Call,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly answer: T } | { readonly error: EmbanApiError | EmbanConnectionError }> {
    signal?.throwIfAborted();
    const limit = AbortSignal.timeout(this.timeoutMs);
    try {
      const response = await fetch(this.address(call), {
        method: call.method,
        headers: {
          authorization: `Bearer ${this.#key}`,
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: call.body ?? null,
        redirect: 'error',
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
      if (!response.ok) return { error: await errorOf(response) };
      if (call.file) return { answer: new Uint8Array(await response.arrayBuffer()) as T };
      const text = await response.text();
      return { answer: (text ? JSON.parse(text) : undefined) as T };
    } catch (error) {
      signal?.throwIfAborted();
      const why = limit.aborted ? `no answer within ${this.timeoutMs} ms` : `no answer: ${reasonOf(error)}`;
      return { error: new EmbanConnectionError(why, { cause: error }) };
    }
  }

  private address(call: Call): string {
    const query = call.query ? `?${new URLSearchParams(call.query)}` : '';
    return `${this.base}${call.path}${query}`;
  }
}

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (typeof code === 'string') return code;
  return error instanceof Error ? error.message : String(error);
}

/** Milliseconds to wait before another attempt; null where there is to be none. */
function pauseMs(call: Call, error: EmbanApiError | EmbanConnectionError, attempt: number): number | null {
  if (error instanceof EmbanConnectionError) {
    return call.repeatable || NOT_CONNECTED.includes(codeOf(error.cause)) ? backoffMs(attempt) : null;
  }
  if (!RETRIED.includes(error.status) || (!call.repeatable && !NOT_DONE.includes(error.status))) return null;
  if (error.retryAfter === null) return backoffMs(attempt);
  return error.retryAfter <= LONGEST_WAIT_S ? error.retryAfter * 1000 : null;
}
