/** What the viewer looks at: a period or a range of days, and filters. Immutable; every change is a new value. */

import type { DataFilters, DataRequest, EmbedConfig, NumericRange } from '@emban/api/contract';
import { type Days, readPeriod, wholeDays } from '@emban/charts';

/** Days as `YYYY-MM-DD`, both of them included. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

export interface Selection {
  /** A preset such as `7d`; null while `range` is set. */
  readonly period: string | null;
  readonly range: DayRange | null;
  readonly dimensions: Readonly<Record<string, readonly string[]>>;
  readonly numericRanges: Readonly<Record<string, NumericRange>>;
}

/** Filters as a host sends them. */
export interface HostFilters {
  readonly period?: string;
  readonly dimensions?: Readonly<Record<string, readonly string[]>>;
  readonly numericRanges?: Readonly<Record<string, NumericRange>>;
  readonly dateRanges?: DayRange;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Whether the text is a day of the calendar: `2026-02-30` is not. */
export function isDay(text: string): boolean {
  if (!DAY.test(text)) return false;
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text);
}

/** The day `days` after another one. */
export function dayAfter(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** How many days a range has, both ends included. */
export function daysIn(range: DayRange): number {
  return Math.round((Date.parse(range.to) - Date.parse(range.from)) / 86_400_000) + 1;
}

/** What a session lets days be chosen from. */
export interface RangeLimits {
  /** Most days at once; 0 for no limit. */
  readonly longest: number;
  /** The first and the last day that may be shown; null for no limit. */
  readonly earliest: string | null;
  readonly latest: string | null;
  /** Whether any days may be chosen: sessions of an hour at most have no whole day. */
  readonly any: boolean;
  /** Those that days must lie within one of; null where any will do. */
  readonly within: readonly Days[] | null;
}

const dayOf = (wall: number) => new Date(wall).toISOString().slice(0, 10);

/** A session's limits; where it names its periods, days lie within one of them. `today` is `YYYY-MM-DD`. */
export function rangeLimits({ permissions }: EmbedConfig, today: string): RangeLimits {
  const { allowed_periods: periods, max_date_range_days: longest = 0 } = permissions;
  if (!periods) return { longest, earliest: null, latest: null, any: true, within: null };
  const within = periods.flatMap((period) => wholeDays(period, Date.parse(today)) ?? []);
  if (within.length === 0) return { longest, earliest: null, latest: null, any: false, within };
  const open = within.some(({ last }) => last === null);
  return {
    ...{ longest, any: true, within },
    earliest: dayOf(Math.min(...within.map(({ first }) => first))),
    latest: open ? null : dayOf(Math.max(...within.map(({ last }) => last ?? 0))),
  };
}

function isWithin({ from, to }: DayRange, { first, last }: Days): boolean {
  return Date.parse(from) >= first && (last === null || Date.parse(to) <= last);
}

/** Why a range cannot be shown, in words for a person; null if it can. */
export function rangeProblem(range: DayRange, { longest, earliest, within }: RangeLimits): string | null {
  if (!isDay(range.from) || !isDay(range.to)) return 'Choose a first and a last day.';
  if (range.to < range.from) return 'The last day is before the first one.';
  if (earliest !== null && range.from < earliest) return 'These days are too long ago to be shown here.';
  if (within && !within.some((days) => isWithin(range, days))) return 'Not all of these days can be shown here.';
  if (longest > 0 && daysIn(range) > longest) return `At most ${longest} days can be shown at once.`;
  return null;
}

export function firstSelection(config: EmbedConfig): Selection {
  return { period: config.filters.default_period, range: null, dimensions: {}, numericRanges: {} };
}

/** The selection as far as another config still offers it. */
export function keepAllowed(selection: Selection, config: EmbedConfig, limits: RangeLimits): Selection {
  const { allowed_dimensions: allowed } = config.permissions;
  const { period, range } = selection;
  const kept = range ? !rangeProblem(range, limits) : config.filters.periods.includes(period ?? '');
  const dimensions = Object.entries(selection.dimensions).filter(([name]) => !allowed || allowed.includes(name));
  return {
    ...selection,
    ...(kept ? {} : { period: config.filters.default_period, range: null }),
    dimensions: Object.fromEntries(dimensions),
  };
}

/** With a dimension's chosen values; none removes the filter. */
export function withDimension(selection: Selection, name: string, values: readonly string[]): Selection {
  const { [name]: _, ...others } = selection.dimensions;
  return { ...selection, dimensions: values.length ? { ...others, [name]: values } : others };
}

export function withPeriod(selection: Selection, period: string): Selection {
  return { ...selection, period, range: null };
}

export function withRange(selection: Selection, range: DayRange): Selection {
  return { ...selection, period: null, range };
}

/** Why a host's wish for a period or days cannot be granted, in words for its developer; null if it can. */
export function refusal(filters: HostFilters, config: EmbedConfig, limits: RangeLimits): string | null {
  const { period, dateRanges } = filters;
  if (dateRanges) return rangeProblem(dateRanges, limits);
  if (period === undefined || config.filters.periods.includes(period)) return null;
  return `the period ${period} is not one of this dashboard's: ${config.filters.periods.join(', ')}`;
}

/** A host's earlier wish with a later one: what the later one leaves out stays. */
export function withWish(before: HostFilters | null, next: HostFilters): HostFilters {
  const { period: _, dateRanges: __, ...rest } = before ?? {};
  // A period takes the place of days, and the other way round.
  return next.period === undefined && !next.dateRanges ? { ...before, ...next } : { ...rest, ...next };
}

/** With what a host asks for; what it leaves out stays, and so does the present time where `refusal` has an objection. */
export function withHostFilters(
  selection: Selection,
  filters: HostFilters,
  config: EmbedConfig,
  limits: RangeLimits,
): Selection {
  let next = selection;
  if (filters.dimensions) next = { ...next, dimensions: withoutEmpty(filters.dimensions) };
  if (filters.numericRanges) next = { ...next, numericRanges: filters.numericRanges };
  if (refusal(filters, config, limits) !== null) return next;
  if (filters.dateRanges) return withRange(next, filters.dateRanges);
  return filters.period === undefined ? next : withPeriod(next, filters.period);
}

function withoutEmpty(dimensions: Readonly<Record<string, readonly string[]>>) {
  return Object.fromEntries(Object.entries(dimensions).filter(([, values]) => values.length > 0));
}

export function filtersOf(selection: Selection): DataFilters {
  return { dimensions: { ...selection.dimensions }, numeric_ranges: { ...selection.numericRanges } };
}

export function hasFilters(selection: Selection): boolean {
  return Object.keys(selection.dimensions).length + Object.keys(selection.numericRanges).length > 0;
}

/** The time part of a request: `date_to` is the first day outside. */
export function whenOf(selection: Selection): Pick<DataRequest, 'period' | 'date_from' | 'date_to'> {
  const { period, range } = selection;
  if (range) return { date_from: range.from, date_to: dayAfter(range.to, 1) };
  return period ? { period: readPeriod(period) } : {};
}
