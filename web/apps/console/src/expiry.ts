/**
 * A session that ends while somebody works: the request that found out waits, a dialog over the page asks to sign in again, and the
 * request is made once more. Nothing that was typed is lost.
 */

import { useSyncExternalStore } from 'react';

/** Whom the page belongs to. Requests are repeated for the same person in the same org alone. */
export interface Person {
  readonly userId: string;
  readonly email: string;
  readonly orgId: string;
}

let person: Person | null = null;
let asked: { readonly answer: Promise<boolean>; readonly end: (signedIn: boolean) => void } | null = null;
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

/** Remembers who is signed in; null after signing out. */
export function knowPerson(known: Person | null): void {
  person = known;
}

export function knownPerson(): Person | null {
  return person;
}

/** Asks once, however many requests wait. True when the same person is signed in again. */
function askToSignIn(): Promise<boolean> {
  if (!asked) {
    let end = (_: boolean): void => undefined;
    const answer = new Promise<boolean>((resolve) => {
      end = resolve;
    });
    asked = { answer, end };
    tell();
  }
  return asked.answer;
}

/** Ends the asking: all that waited goes on, or fails as it would have. */
export function endAsking(signedIn: boolean): void {
  asked?.end(signedIn);
  asked = null;
  tell();
}

export function useSignInAsked(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => asked !== null,
  );
}

async function hasExpired(response: Response): Promise<boolean> {
  if (response.status !== 401 || person === null) return false;
  try {
    const body = (await response.clone().json()) as { code?: unknown };
    return body.code === 'unauthorized';
  } catch {
    return false;
  }
}

/** `fetch` for everything that the console asks as the person signed in. */
export async function fetchSignedIn(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const again = request.clone();
  const response = await fetch(request);
  if (!(await hasExpired(response)) || !(await askToSignIn())) return response;
  return await fetch(again);
}
