/** The console's client: typed by the OpenAPI document, signed in by cookie, failures thrown as `ApiFailure`. */

import createClient, { type Client } from 'openapi-fetch';
import { ApiFailure, failureOf } from './failure.ts';
import type { components, paths } from './generated/openapi.ts';

export type Schemas = components['schemas'];
export type ConsoleClient = Client<paths>;

/** A client whose requests speak of one environment. */
export function consoleClient(environment: string): ConsoleClient {
  const client = createClient<paths>({
    baseUrl: '',
    credentials: 'same-origin',
    headers: { 'X-Emban-Environment': environment },
  });
  client.use({
    async onResponse({ response }) {
      if (!response.ok) throw await failureOf(response);
    },
    onError({ error }) {
      if (error instanceof ApiFailure) return error;
      if (error instanceof DOMException && error.name === 'AbortError') return error;
      return new ApiFailure(0, 'offline', 'The server cannot be reached.');
    },
  });
  return client;
}

/** The body of an answer that the middleware has let through, which is a good one. */
export function bodyOf<T>(answer: { data?: T }): T {
  return answer.data as T;
}

/** What a form shows beside its fields, by the path of each field. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiFailure) || !Array.isArray(error.details.fields)) return {};
  const fields = error.details.fields as { path?: unknown; message?: unknown }[];
  return Object.fromEntries(fields.map(({ path, message }) => [String(path ?? ''), String(message ?? '')]));
}
