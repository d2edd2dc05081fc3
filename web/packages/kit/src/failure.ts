/** A failure in words: what happened, whether data is safe, and what to do. */

import { ApiFailure } from '@emban/api';
import { kitWords } from './words.ts';

const words = kitWords.failure;

export function failureText(error: unknown): string {
  if (!(error instanceof ApiFailure)) return words.here;
  if (error.status === 0) return words.offline;
  const text = error.message.charAt(0).toUpperCase() + error.message.slice(1);
  const sentence = /[.!?]$/.test(text) ? text : `${text}.`;
  if (error.status === 402 && typeof error.details.upgrade_to === 'string') {
    return `${sentence} ${words.opensWith(error.details.upgrade_to)}`;
  }
  return error.status >= 500 ? `${sentence} ${words.safe}` : sentence;
}
