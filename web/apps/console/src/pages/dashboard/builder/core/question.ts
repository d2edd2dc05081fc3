/** What a widget asks, apart from how it is drawn: widgets that ask the same share an answer, and a change of looks asks nothing. */

import type { Draft, DraftWidget } from './doc.ts';

/** Whose figures, when, and of what: the choice on top of the widgets' own queries. */
export interface Choice {
  /** Null for all tenants together. */
  readonly tenant: string | null;
  readonly period: string;
  readonly timezone: string;
  readonly filters: Readonly<Record<string, readonly string[]>>;
}

/** JSON with keys in order, and without those that are undefined. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(',')}}`;
}

/** Titles of figures are words on the drawing, which the drawing takes from the widget. */
function withoutTitles(query: NonNullable<DraftWidget['query']>) {
  const { series, ...rest } = query;
  if (!series) return query;
  const bare = Object.entries(series).map(([name, { title: _title, ...figure }]) => [name, figure]);
  // The order of the figures is that of the answer's points.
  return { ...rest, series: bare };
}

const questions = new WeakMap<DraftWidget, string>();

/** A text that is the same for widgets with the same answer; null for one that asks nothing. Texts ask what their Markdown says. */
export function questionOf(widget: DraftWidget): string | null {
  const { kind, text, query } = widget;
  if (kind === 'text') return text?.trim() ? canonical({ kind, text }) : null;
  if (!query || kind === 'heading') return null;
  let question = questions.get(widget);
  if (question === undefined) {
    question = canonical({ kind, query: withoutTitles(query) });
    questions.set(widget, question);
  }
  return question;
}

export const choiceKey = (choice: Choice): string => canonical(choice);

/** A widget as it is sent to be answered: its question, and no more that could be wrong than must be. `stored` is its id in the draft. */
export function previewOf(widget: DraftWidget, id: string) {
  const { kind, query, text } = widget;
  return { id, title: 'preview', kind, ...(kind === 'text' ? { text } : { query }), stored: widget.id };
}

interface FigureLike {
  readonly metric?: string | null | undefined;
  readonly prop?: string | null | undefined;
  readonly filters?: unknown;
  readonly figures?: Readonly<Record<string, FigureLike>> | null | undefined;
  readonly series?: Readonly<Record<string, FigureLike>> | null | undefined;
}

class Names {
  readonly dimensions = new Set<string>();
  readonly measures = new Set<string>();

  figure(one: FigureLike): void {
    if (one.prop) (one.metric === 'count_unique' ? this.dimensions : this.measures).add(one.prop);
    const filters = one.filters as { dimensions?: object; numeric_ranges?: object } | undefined;
    for (const name of Object.keys(filters?.dimensions ?? {})) this.dimensions.add(name);
    for (const name of Object.keys(filters?.numeric_ranges ?? {})) this.measures.add(name);
    for (const inner of [one.figures, one.series].flatMap((part) => Object.values(part ?? {}))) this.figure(inner);
  }

  column(column: string | (FigureLike & { readonly name?: string | null | undefined })): void {
    if (typeof column === 'string') this.dimensions.add(column);
    else if (column.name) this.dimensions.add(column.name);
    else this.figure(column);
  }
}

/** A list that may be written as its only member. */
export const asList = (given: string | readonly string[] | null | undefined): readonly string[] =>
  typeof given === 'string' ? [given] : (given ?? []);

/** Properties that a widget's query names, each as it names them. */
export function propertiesOf({ query }: DraftWidget): Pick<Names, 'dimensions' | 'measures'> {
  const names = new Names();
  if (!query) return names;
  for (const name of asList(query.group_by)) names.dimensions.add(name);
  names.figure(query);
  for (const column of query.columns ?? []) names.column(column);
  return names;
}

const BUILT_IN = new Set(['tenant_id', 'user_id', 'event_name']);

/** What was found in the events of the environment, by the names that queries use. */
export interface Known {
  readonly events: ReadonlySet<string>;
  readonly dimensions: ReadonlySet<string>;
  readonly measures: ReadonlySet<string>;
}

const plain = (name: string) => name.replace(/^string_props\./, '');

/** Names in a widget's query that no event of the window that was looked at has. */
export function missingNames(widget: DraftWidget, known: Known): string[] {
  const { dimensions, measures } = propertiesOf(widget);
  const missing = [
    ...[...dimensions].filter((name) => !BUILT_IN.has(name) && !known.dimensions.has(plain(name))).map(plain),
    ...[...measures].filter((name) => !known.measures.has(name)),
  ];
  return [...new Set(missing)];
}

/** Filters of the bar whose property no event has. */
export function missingFilters({ filters }: Draft, known: Known): string[] {
  const dimensions = (filters.dimensions ?? []).filter((name) => !BUILT_IN.has(name)).map(plain);
  return [
    ...dimensions.filter((name) => !known.dimensions.has(name)),
    ...(filters.numeric ?? []).filter((name) => !known.measures.has(name)),
  ];
}
