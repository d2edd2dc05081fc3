/** The three requests that a browser may make with an embed token. */

import {
  ApiFailure,
  type DataAnswer,
  type DataRequest,
  type DrillRequest,
  type EmbedConfig,
  fetchJson,
  type TableAnswer,
} from '@emban/api';

const ATTEMPTS = 4;
const LONGEST_WAIT = 30;

/** Failures that pass by themselves: the server said to come back, or is being restarted. */
function passes(error: unknown): error is ApiFailure {
  return error instanceof ApiFailure && [429, 502, 503, 504].includes(error.status);
}

function sleep(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

export class EmbedClient {
  constructor(
    /** Replaced by a renewed one when the host sends it. */
    public token: string,
    private readonly base = '',
    /** Told when a request has to be tried again, with the seconds until then. */
    private readonly waiting: (seconds: number) => void = () => undefined,
  ) {}

  config(signal?: AbortSignal): Promise<EmbedConfig> {
    return this.request('GET', '/v1/embed/dashboard', undefined, signal);
  }

  data(body: DataRequest, signal?: AbortSignal): Promise<DataAnswer> {
    return this.request('POST', '/v1/embed/data', body, signal);
  }

  drill(body: DrillRequest, signal?: AbortSignal): Promise<TableAnswer> {
    return this.request('POST', '/v1/embed/drill', body, signal);
  }

  private async request<T>(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await fetchJson<T>(this.base + path, this.init(method, body, signal));
      } catch (error) {
        if (!passes(error) || attempt >= ATTEMPTS) throw error;
        const seconds = Math.min(LONGEST_WAIT, error.retryAfter ?? 2 ** (attempt - 1));
        this.waiting(seconds);
        await sleep(seconds, signal);
      }
    }
  }

  private init(method: string, body: unknown, signal: AbortSignal | undefined): RequestInit {
    const headers: Record<string, string> = { Authorization: `Bearer ${this.token}`, Accept: 'application/json' };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    return {
      method,
      headers,
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    };
  }
}
