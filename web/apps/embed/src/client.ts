/** The requests that a browser may make with an embed token. */

import {
  ApiFailure,
  type DataAnswer,
  type DataRequest,
  type DrillAnswer,
  type DrillRequest,
  type EmbedConfig,
  type ExportRequest,
  fetchGood,
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

interface More {
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly token?: string;
}

export class EmbedClient {
  constructor(
    /** Replaced by a renewed one when the host sends it. */
    public token: string,
    private readonly base = '',
    /** Told when a request has to be tried again, with the seconds until then. */
    private readonly waiting: (seconds: number) => void = () => undefined,
  ) {}

  /** The dashboard's config; `token` is one to try before it replaces the present one. */
  config(token = this.token): Promise<EmbedConfig> {
    return this.json('GET', '/v1/embed/dashboard', { token });
  }

  data(body: DataRequest, signal?: AbortSignal): Promise<DataAnswer> {
    return this.json('POST', '/v1/embed/data', { body, signal });
  }

  drill(body: DrillRequest, signal?: AbortSignal): Promise<DrillAnswer> {
    return this.json('POST', '/v1/embed/drill', { body, signal });
  }

  async export(body: ExportRequest): Promise<Blob> {
    return (await this.request('POST', '/v1/embed/export', { body })).blob();
  }

  private async json<T>(method: string, path: string, more: More): Promise<T> {
    const response = await this.request(method, path, more);
    try {
      return (await response.json()) as T;
    } catch {
      throw new ApiFailure(response.status, 'bad_answer', 'The server sent an answer that cannot be read.');
    }
  }

  private async request(method: string, path: string, more: More): Promise<Response> {
    const { signal } = more;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await fetchGood(this.base + path, this.init(method, more));
      } catch (error) {
        if (!passes(error) || attempt >= ATTEMPTS) throw error;
        const seconds = Math.min(LONGEST_WAIT, error.retryAfter ?? 2 ** (attempt - 1));
        this.waiting(seconds);
        await sleep(seconds, signal);
      }
    }
  }

  private init(method: string, { body, signal, token = this.token }: More): RequestInit {
    const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
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
