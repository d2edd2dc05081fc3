/** Messages between the page and its host. What comes in is checked field by field; anything else is dropped. */

import type { NumericRange } from '@emban/api/contract';
import type { HostTheme } from '@emban/theme';
import { type DayRange, type HostFilters, isDay } from './selection.ts';

export type Incoming =
  | { readonly type: 'hello' }
  | { readonly type: 'setFilters'; readonly filters: HostFilters }
  | { readonly type: 'setTheme'; readonly theme: HostTheme }
  | { readonly type: 'reload' }
  | { readonly type: 'setToken'; readonly token: string };

export interface Outgoing {
  readonly ready: { readonly dashboard_id: string };
  readonly resize: { readonly height: number };
  readonly filter: { readonly filters: HostFilters };
  readonly 'period-change': { readonly period: string | null; readonly date_from?: string; readonly date_to?: string };
  readonly drill: { readonly widget_id: string; readonly dimension: string; readonly value: string };
  readonly expiring: { readonly seconds: number };
  readonly error: { readonly code: string; readonly message: string };
}

const COLOURS = [
  'primaryColor',
  'backgroundColor',
  'cardBackground',
  'cardBorder',
  'textColor',
  'mutedColor',
] as const satisfies readonly (keyof HostTheme)[];

type Plain = Readonly<Record<string, unknown>>;

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valuesOf(value: unknown): readonly string[] | null {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : null;
}

function numericRangeOf(value: unknown): NumericRange | null {
  if (!isPlain(value)) return null;
  const range: { min?: number; max?: number } = {};
  if (typeof value.min === 'number') range.min = value.min;
  if (typeof value.max === 'number') range.max = value.max;
  return Object.keys(range).length ? range : null;
}

/** The entries of an object that `read` makes something of. */
function entriesOf<T>(value: unknown, read: (one: unknown) => T | null): Record<string, T> | undefined {
  if (!isPlain(value)) return undefined;
  const entries = Object.entries(value).flatMap(([name, one]): [string, T][] => {
    const known = read(one);
    return known === null ? [] : [[name, known]];
  });
  return Object.fromEntries(entries);
}

function rangeOf(value: unknown): DayRange | undefined {
  if (!isPlain(value) || typeof value.from !== 'string' || typeof value.to !== 'string') return undefined;
  return isDay(value.from) && isDay(value.to) ? { from: value.from, to: value.to } : undefined;
}

function filtersOf(value: unknown): HostFilters {
  if (!isPlain(value)) return {};
  const dimensions = entriesOf(value.dimensions, valuesOf);
  const numericRanges = entriesOf(value.numericRanges, numericRangeOf);
  const dateRanges = rangeOf(value.dateRanges);
  return {
    ...(typeof value.period === 'string' ? { period: value.period } : {}),
    ...(dimensions ? { dimensions } : {}),
    ...(numericRanges ? { numericRanges } : {}),
    ...(dateRanges ? { dateRanges } : {}),
  };
}

function themeOf(value: unknown): HostTheme {
  if (!isPlain(value)) return {};
  return Object.fromEntries(COLOURS.flatMap((name) => (typeof value[name] === 'string' ? [[name, value[name]]] : [])));
}

/** A message of the host's, or null for anything that is none. */
export function readMessage(data: unknown): Incoming | null {
  if (!isPlain(data) || data._emban !== true) return null;
  switch (data.type) {
    case 'hello':
    case 'reload':
      return { type: data.type };
    case 'setFilters':
      return { type: 'setFilters', filters: filtersOf(data.filters) };
    case 'setTheme':
      return { type: 'setTheme', theme: themeOf(data.theme) };
    case 'setToken':
      return typeof data.token === 'string' && data.token ? { type: 'setToken', token: data.token } : null;
    default:
      return null;
  }
}
