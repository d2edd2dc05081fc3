/**
 * A session renewed in place: a new token takes over where the old one ends. It must be for the same view, and it never shows more than the
 * session that it renews. The server decides what a token may see; this keeps a page from turning into another one.
 */

import type { EmbedConfig } from '@emban/api/contract';

/** The claims that say whose figures a token is for. */
export interface Claims {
  readonly org: string;
  readonly environment: string;
  readonly tenant: string;
  readonly dashboard: string;
}

const NAMES = ['org', 'environment', 'tenant', 'dashboard'] as const satisfies readonly (keyof Claims)[];

/** The claims in a token, unchecked: only the server can tell whether they are true. Null for what is no token. */
export function readClaims(token: string): Claims | null {
  const [, payload, signature] = token.split('.');
  if (!payload || !signature) return null;
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const named = claims as Record<string, unknown>;
    return NAMES.every((name) => typeof named[name] === 'string') ? (claims as Claims) : null;
  } catch {
    return null;
  }
}

/** Whether one token may take over from another; where there was none, whether it is for the dashboard in the address. */
export function continues(next: Claims, before: Claims | null, dashboardId: string): boolean {
  return before ? NAMES.every((name) => next[name] === before[name]) : next.dashboard === dashboardId;
}

type Names = readonly string[] | null | undefined;

function both(one: Names, other: Names): readonly string[] | null {
  if (!one || !other) return one ?? other ?? null;
  return one.filter((name) => other.includes(name));
}

/** The shorter of two limits in days, where 0 is none. */
function shorter(one = 0, other = 0): number {
  return one && other ? Math.min(one, other) : one || other;
}

/** The config of a renewed session without what the session before did not show. */
export function narrowed(next: EmbedConfig, before: EmbedConfig): EmbedConfig {
  const [was, is] = [before.permissions, next.permissions];
  const shown = new Set(before.dashboard.widgets.map((widget) => widget.id));
  const offered = new Set(before.filters.dimensions.map((dimension) => dimension.name));
  const periods = next.filters.periods.filter((period) => before.filters.periods.includes(period));
  const { default_period: first } = next.filters;
  return {
    ...next,
    dashboard: { ...next.dashboard, widgets: next.dashboard.widgets.filter((widget) => shown.has(widget.id)) },
    filters: {
      ...next.filters,
      // A session that shares no period with the one before must show something.
      ...(periods.length ? { periods, default_period: periods.includes(first) ? first : (periods[0] as string) } : {}),
      dimensions: next.filters.dimensions.filter((dimension) => offered.has(dimension.name)),
    },
    permissions: {
      allow_drill_down: was.allow_drill_down !== false && is.allow_drill_down !== false,
      allow_export: was.allow_export !== false && is.allow_export !== false,
      allowed_dimensions: both(was.allowed_dimensions, is.allowed_dimensions),
      allowed_periods: both(was.allowed_periods, is.allowed_periods),
      max_date_range_days: shorter(was.max_date_range_days, is.max_date_range_days),
    },
  };
}
