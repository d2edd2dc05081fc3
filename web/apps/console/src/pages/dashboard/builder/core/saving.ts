/** How far the server has what is on the screen, and how long to wait before it is asked again. */

import { ApiFailure } from '@emban/api';
import { fieldErrors } from '@emban/api/console';

export type SaveState =
  | { readonly kind: 'saved'; readonly at: number | null }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'saving' }
  /** No answer, or one that says "later": it is tried again by itself. */
  | { readonly kind: 'retrying'; readonly attempt: number; readonly error: unknown }
  /** The session has ended: it is tried again once somebody has signed in. */
  | { readonly kind: 'signed-out' }
  /** The server will not take it as it is; the next edit tries again. */
  | { readonly kind: 'refused'; readonly error: unknown; readonly fields: Readonly<Record<string, string>> }
  /** Somebody else changed the same, and a person has to choose. */
  | { readonly kind: 'conflict' };

/** How long after an edit it is saved, ms: within the second that is promised, with the request's own time to spare. */
export const SAVE_AFTER_MS = 600;

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;

/** Doubling from a second to half a minute, up to a quarter earlier so that many do not come at once. */
export function retryDelay(attempt: number, random: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1)) * (1 - random / 4);
}

export type Verdict = 'again' | 'newer' | 'signed-out' | 'refused';

/** What a failed save means. */
export function verdictOf(error: unknown): Verdict {
  if (!(error instanceof ApiFailure)) return 'again';
  if (error.status === 401) return 'signed-out';
  if (error.code === 'version_conflict') return 'newer';
  const passing = error.status === 0 || error.status === 408 || error.status === 429 || error.status >= 500;
  return passing ? 'again' : 'refused';
}

export function refusedWith(error: unknown): SaveState {
  return { kind: 'refused', error, fields: fieldErrors(error) };
}
