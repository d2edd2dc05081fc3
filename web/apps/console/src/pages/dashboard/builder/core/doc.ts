/** A dashboard's draft as the builder edits it: plain data that never changes in place, so that what is the same object is the same state. */

import type { Schemas } from '@emban/api/console';
import type { Box } from './grid.ts';

export type Kind = 'kpi' | 'timeseries' | 'breakdown' | 'table' | 'text' | 'heading';
export type Query = Partial<Schemas['QueryIn']>;

/** A line across a chart: what one wants to reach, or what one must not pass. */
export interface Line {
  readonly value: number;
  readonly label?: string;
  readonly kind: 'goal' | 'threshold';
}

/** A widget as it is stored. Keys that this console does not know are kept as they are. */
export interface DraftWidget {
  readonly id: string;
  readonly title: string;
  readonly kind: Kind;
  readonly chart?: string;
  readonly query?: Query;
  readonly text?: string;
  readonly layout: Box;
  readonly unit?: string;
  readonly format?: string;
  readonly target?: number;
  readonly target_period?: 'day' | 'week' | 'month' | 'year';
  readonly good?: 'up' | 'down';
  readonly lines?: readonly Line[];
  readonly description?: string;
  /** The library's widget that this one was made from. */
  readonly library_id?: string;
  readonly phone?: { readonly order?: number; readonly hidden?: boolean };
}

export interface Filters {
  readonly periods?: readonly string[];
  readonly default_period?: string;
  readonly timezone?: string;
  readonly dimensions?: readonly string[];
  readonly numeric?: readonly string[];
}

export interface DraftTheme {
  readonly mode?: 'auto' | 'light' | 'dark';
  readonly primaryColor?: string;
  readonly backgroundColor?: string;
  readonly cardBackground?: string;
  readonly cardBorder?: string;
  readonly textColor?: string;
  readonly mutedColor?: string;
}

/** Property, then value, then the place of its colour in the palette of eight. */
export type Colours = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface Draft {
  readonly name: string;
  readonly widgets: readonly DraftWidget[];
  readonly filters: Filters;
  readonly theme: DraftTheme;
  readonly colours: Colours;
  /** Parts of the config that this console does not know. */
  readonly rest: Readonly<Record<string, unknown>>;
}

type Config = Readonly<Record<string, unknown>>;

/** Read a stored config; the server has checked it, so its shape is relied upon. */
export function readDraft(name: string, config: Config): Draft {
  const { widgets = [], filters = {}, theme = {}, colours = {}, ...rest } = config;
  return {
    name,
    widgets: widgets as DraftWidget[],
    filters: filters as Filters,
    theme: theme as DraftTheme,
    colours: colours as Colours,
    rest,
  };
}

/** The config to store. Colours are left out while there are none: an empty part is no part. */
export function configOf(draft: Draft): Config {
  const { widgets, filters, theme, colours, rest } = draft;
  return { ...rest, widgets, filters, theme, ...(Object.keys(colours).length ? { colours } : {}) };
}

/** Whether two values of JSON are the same; an absent key is one that is undefined, and the order of keys is none. */
export function same(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [a, b] = [one as Record<string, unknown>, other as Record<string, unknown>];
  if (Array.isArray(one) && one.length !== (other as unknown[]).length) return false;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => same(a[key], b[key]));
}

export function widgetOf(draft: Draft, id: string): DraftWidget | undefined {
  return draft.widgets.find((widget) => widget.id === id);
}

/** The draft with some of its widgets changed; the others stay the same objects. */
export function mapWidgets(draft: Draft, change: (widget: DraftWidget) => DraftWidget): Draft {
  let changed = false;
  const widgets = draft.widgets.map((widget) => {
    const next = change(widget);
    changed ||= next !== widget;
    return next;
  });
  return changed ? { ...draft, widgets } : draft;
}

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/** An id that no other widget has: 16 random letters and digits. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `w_${[...bytes].map((byte) => ALPHABET[byte % 36]).join('')}`;
}

/** `value` without the keys that are undefined: what is left out of JSON should be left out of the object. */
export function compact<T extends object>(value: T): T {
  const entries = Object.entries(value);
  return entries.every(([, one]) => one !== undefined)
    ? value
    : (Object.fromEntries(entries.filter(([, one]) => one !== undefined)) as T);
}
