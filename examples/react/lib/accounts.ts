/** Your own accounts: who may sign in, and which tenant of Emban their company is. */

import { randomUUID } from 'node:crypto';

const TENANT_OF: Readonly<Record<string, string>> = { ann: 'customer_1', cleo: 'customer_2' };

// On `globalThis`, so that every route handler sees the same sessions, however its module was loaded.
const kept = globalThis as typeof globalThis & { productSessions?: Map<string, string> };
kept.productSessions ??= new Map();
const sessions = kept.productSessions;

/** Sign somebody in; returns the cookie, or null for nobody of that name. */
export function signIn(user: string): string | null {
  if (!Object.hasOwn(TENANT_OF, user)) return null;
  const session = randomUUID();
  sessions.set(session, user);
  return `session=${session}; HttpOnly; SameSite=Lax; Path=/`;
}

/** The tenant of whoever is signed in; null if nobody is. */
export function tenantOf(request: Request): string | null {
  const cookies = new URLSearchParams(request.headers.get('cookie')?.replaceAll('; ', '&') ?? '');
  const user = sessions.get(cookies.get('session') ?? '');
  return user === undefined ? null : (TENANT_OF[user] ?? null);
}
