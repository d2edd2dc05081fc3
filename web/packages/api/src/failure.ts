/** What can go wrong on the way to the API, as one error type for every page. */

export class ApiFailure extends Error {
  /** HTTP status; 0 when no answer came (offline, DNS, a blocked request). */
  readonly status: number;
  /** The API's snake_case code, or `offline`, `timeout`, `bad_answer`. */
  readonly code: string;
  /** The whole error body, for details such as `limit` and `fields`. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Seconds from `Retry-After`, or null. */
  readonly retryAfter: number | null;

  constructor(
    status: number,
    code: string,
    message: string,
    more: { details?: Record<string, unknown>; retryAfter?: number | null } = {},
  ) {
    super(message);
    this.name = 'ApiFailure';
    this.status = status;
    this.code = code;
    this.details = more.details ?? {};
    this.retryAfter = more.retryAfter ?? null;
  }
}

function retryAfterOf(response: Response): number | null {
  const seconds = Number(response.headers.get('Retry-After'));
  return Number.isFinite(seconds) && seconds > 0 ? seconds : null;
}

/** The failure that an answer stands for. */
export async function failureOf(response: Response): Promise<ApiFailure> {
  let body: Record<string, unknown> = {};
  try {
    const parsed: unknown = await response.json();
    if (parsed && typeof parsed === 'object') body = parsed as Record<string, unknown>;
  } catch {
    // A proxy's HTML page, say: the status alone has to do.
  }
  const code = typeof body.code === 'string' ? body.code : `http_${response.status}`;
  const message = typeof body.error === 'string' ? body.error : `The server answered ${response.status}.`;
  return new ApiFailure(response.status, code, message, { details: body, retryAfter: retryAfterOf(response) });
}

/** A good answer; throws `ApiFailure` for everything else. */
export async function fetchGood(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiFailure(0, 'offline', 'The server cannot be reached.');
  }
  if (!response.ok) throw await failureOf(response);
  return response;
}

/** The decoded JSON body of a good answer (undefined for 204); throws `ApiFailure` for everything else. */
export async function fetchJson<T>(url: string, init: RequestInit): Promise<T> {
  const response = await fetchGood(url, init);
  if (response.status === 204) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch {
    throw new ApiFailure(response.status, 'bad_answer', 'The server sent an answer that cannot be read.');
  }
}
