/** What the form says of a session's permissions, and the body that it comes to. Pure. */

import type { Schemas } from '@emban/api/console';

export type PermissionsBody = NonNullable<Schemas['MintBody']['permissions']>;

export interface Lock {
  /** Tells rows of the form apart. */
  readonly key: number;
  readonly property: string;
  readonly values: readonly string[];
}

export interface PermissionForm {
  readonly drill: boolean;
  readonly exports: boolean;
  readonly hidden: readonly string[];
  readonly periods: readonly string[];
  readonly dimensions: readonly string[];
  readonly noFilters: boolean;
  readonly range: number;
  readonly locks: readonly Lock[];
}

export const UNRESTRICTED: PermissionForm = {
  drill: true,
  exports: true,
  hidden: [],
  periods: [],
  dimensions: [],
  noFilters: false,
  range: 0,
  locks: [],
};

/** What a session is minted for. */
export interface Wish {
  readonly dashboard: string;
  readonly tenant: string;
  /** Seconds. */
  readonly lifetime: number;
  readonly permissions: PermissionForm;
}

/** The request's `permissions`, of what differs from the defaults alone; a row without a property or a value locks nothing yet. */
export function permissionsOf(form: PermissionForm): PermissionsBody {
  const locks = form.locks.filter(({ property, values }) => property && values.length);
  const locked = Object.fromEntries(locks.map(({ property, values }) => [property, [...values]]));
  return {
    ...(form.drill ? {} : { allow_drill_down: false }),
    ...(form.exports ? {} : { allow_export: false }),
    ...(locks.length ? { locked_filters: locked } : {}),
    ...(form.noFilters ? { allowed_dimensions: [] } : {}),
    ...(!form.noFilters && form.dimensions.length ? { allowed_dimensions: [...form.dimensions] } : {}),
    ...(form.hidden.length ? { hidden_widgets: [...form.hidden] } : {}),
    ...(form.periods.length ? { allowed_periods: [...form.periods] } : {}),
    ...(form.range ? { max_date_range_days: form.range } : {}),
  } as PermissionsBody;
}

/** A live session's restrictions in words, none for a session that may do all. */
export function restrictions(stored: Readonly<Record<string, unknown>>): string[] {
  const size = (value: unknown) => (Array.isArray(value) ? value.length : 0);
  const locks = Object.entries((stored.locked_filters ?? {}) as Record<string, readonly string[]>);
  return [
    ...locks.map(([property, values]) => `${property} = ${values.join(', ')}`),
    stored.allow_drill_down === false && 'no events behind figures',
    stored.allow_export === false && 'no downloads',
    size(stored.hidden_widgets) > 0 && `${size(stored.hidden_widgets)} hidden`,
    Array.isArray(stored.allowed_periods) && `only ${stored.allowed_periods.join(', ')}`,
    Array.isArray(stored.allowed_dimensions) && `${size(stored.allowed_dimensions) || 'no'} filters`,
    Boolean(stored.max_date_range_days) && `at most ${stored.max_date_range_days} days`,
  ].filter((words) => typeof words === 'string');
}
