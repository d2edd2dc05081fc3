/** What a new password must be, checked before it is sent. The server checks again. */

import { words } from '../../words/words.ts';

export const LEAST_PASSWORD = 10;
const MOST_BYTES = 72;

export function passwordProblem(password: string): string | null {
  if (password.length < LEAST_PASSWORD) return words.auth.least(LEAST_PASSWORD);
  // More bytes than the hash takes in: refused by the API rather than cut.
  return new TextEncoder().encode(password).length > MOST_BYTES ? words.auth.mostBytes : null;
}

export function emailProblem(email: string): string | null {
  return /^\S+@\S+\.\S+$/.test(email.trim()) ? null : words.auth.enterEmail;
}

/** Where to go after signing in: a place of the console, never another site. */
export function safeNext(next: string | undefined): string {
  return next?.startsWith('/') && !next.startsWith('//') && !next.includes('\\') ? next : '/';
}
