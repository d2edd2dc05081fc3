/** What there is to choose from: events, properties and numbers of the environment, with samples. */

import type { Schemas } from '@emban/api/console';
import type { Known } from './core/question.ts';

export type Found = Schemas['DiscoverOut'];

/** An option of a list of fields, with what is known of it. */
export interface Field {
  readonly value: string;
  readonly label: string;
  readonly type: 'text' | 'number' | 'built-in';
  /** `12 values: gpt-5, claude` or `0.2 to 912, average 34`. */
  readonly about: string;
}

const BUILT_IN: readonly Field[] = [
  { value: 'tenant_id', label: 'tenant_id', type: 'built-in', about: 'Your customer' },
  { value: 'user_id', label: 'user_id', type: 'built-in', about: 'Who did it' },
  { value: 'event_name', label: 'event_name', type: 'built-in', about: 'What happened' },
];

const number = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 4 });

const ofEvent = <T extends { readonly event_names: readonly string[] }>(found: readonly T[], event: string): T[] =>
  event === '' || event === '*' ? [...found] : found.filter(({ event_names }) => event_names.includes(event));

/** Text properties that events of a name have, and the three that every event has. */
export function dimensionsOf(found: Found | null, event: string): Field[] {
  const own = ofEvent(found?.dimensions ?? [], event).map(({ label, name, cardinality, top_values }): Field => {
    const samples = top_values.slice(0, 3).map(({ value }) => value);
    return {
      value: label,
      label: name,
      type: 'text',
      about: `${number.format(cardinality)} values: ${samples.join(', ')}`,
    };
  });
  return [...own, ...BUILT_IN];
}

/** Number properties that events of a name have. */
export function measuresOf(found: Found | null, event: string): Field[] {
  return ofEvent(found?.measures ?? [], event).map(({ name, min, max, avg }): Field => {
    const about = `${number.format(min)} to ${number.format(max)}, average ${number.format(avg)}`;
    return { value: name, label: name, type: 'number', about };
  });
}

export function eventsOf(found: Found | null): Field[] {
  const names = (found?.event_names ?? []).map(
    ({ name, count }): Field => ({ value: name, label: name, type: 'text', about: `${number.format(count)} events` }),
  );
  return [{ value: '*', label: 'All events', type: 'built-in', about: '' }, ...names];
}

/** The most frequent values of a property. */
export function valuesOf(found: Found | null, dimension: string): string[] {
  const own = found?.dimensions.find(({ label, name }) => label === dimension || name === dimension);
  if (own) return own.top_values.map(({ value }) => value);
  return dimension === 'event_name' ? (found?.event_names ?? []).map(({ name }) => name) : [];
}

/** Null where not all events were looked at: what was not found may be there. */
export function knownOf(found: Found | undefined): Known | null {
  if (!found?.window.complete) return null;
  return {
    events: new Set(found.event_names.map(({ name }) => name)),
    dimensions: new Set(found.dimensions.map(({ name }) => name)),
    measures: new Set(found.measures.map(({ name }) => name)),
  };
}

/** A property that a new breakdown may begin with: of few values, on many events. */
export function goodDimension(found: Found | null): string | undefined {
  const fitting = (found?.dimensions ?? []).filter(({ cardinality }) => cardinality > 1 && cardinality <= 20);
  return fitting.sort((a, b) => b.count - a.count)[0]?.label;
}
