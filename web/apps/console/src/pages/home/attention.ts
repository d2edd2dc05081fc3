/** What of an environment needs somebody's attention, the most pressing first. Pure. */

import { words } from '../../words/words.ts';

const say = words.home.attention;
const SOON_MS = 14 * 86_400_000;
const DAY_MS = 86_400_000;
/** From this share of a meter on it is worth a word. */
const NEAR = 0.8;

export interface Found {
  readonly alerts: readonly { readonly name: string; readonly state: string; readonly problem: string | null }[];
  readonly dashboards: readonly {
    readonly id: string;
    readonly name: string;
    readonly status: string;
    readonly has_unpublished_changes: boolean;
  }[];
  readonly keys: readonly { readonly label: string; readonly expires_at?: string | null }[];
  readonly meters: readonly { readonly what: string; readonly used: number; readonly limit: number | null }[];
  /** The newest event; undefined where it is not known. */
  readonly lastSeen: string | null | undefined;
}

export interface Attention {
  readonly text: string;
  /** How pressing it is: 0 is most. */
  readonly rank: 0 | 1 | 2;
  /** The page that it is dealt with on. */
  readonly to?: string;
}

function ofMeters({ meters }: Found): Attention[] {
  return meters.flatMap(({ what, used, limit }): Attention[] => {
    if (!limit || used < NEAR * limit) return [];
    if (used >= limit) return [{ text: say.overLimit(what), rank: 0 }];
    return [{ text: say.nearLimit(what, Math.floor((used / limit) * 100)), rank: 1 }];
  });
}

function ofAlerts({ alerts }: Found): Attention[] {
  return alerts.flatMap(({ name, state, problem }): Attention[] => {
    if (state === 'firing') return [{ text: say.firing(name), rank: 0 }];
    return problem ? [{ text: say.broken(name), rank: 1 }] : [];
  });
}

function ofKeys({ keys }: Found, now: number): Attention[] {
  return keys.flatMap(({ label, expires_at: end }): Attention[] => {
    if (!end || Date.parse(end) > now + SOON_MS) return [];
    const over = Date.parse(end) <= now;
    return [{ text: over ? say.keyEnded(label) : say.keyEnds(label), rank: over ? 0 : 1, to: '/keys' }];
  });
}

export function needsAttention(found: Found, now: number): Attention[] {
  const drafts = found.dashboards.filter((one) => one.status === 'published' && one.has_unpublished_changes);
  const quiet = found.lastSeen && Date.parse(found.lastSeen) < now - DAY_MS;
  return [
    ...ofAlerts(found),
    ...ofMeters(found),
    ...ofKeys(found, now),
    ...(quiet ? [{ text: say.quiet, rank: 1 as const }] : []),
    ...drafts.map(({ id, name }): Attention => ({ text: say.unpublished(name), rank: 2, to: `/dashboards/${id}` })),
  ].sort((one, other) => one.rank - other.rank);
}
