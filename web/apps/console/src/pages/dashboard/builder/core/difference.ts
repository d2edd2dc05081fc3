/** What is different between two drafts, in words. */

import { humanise } from '@emban/charts';
import { type Draft, type DraftWidget, same } from './doc.ts';

export interface Change {
  readonly sign: 'added' | 'removed' | 'changed';
  readonly what: string;
  /** Which of its parts, where it is more than one thing. */
  readonly parts: string;
}

const PART_NAMES: Readonly<Record<string, string>> = {
  title: 'title',
  kind: 'kind',
  chart: 'chart',
  query: 'data',
  layout: 'place',
  unit: 'unit',
  format: 'number format',
  target: 'target',
  target_period: 'target’s period',
  good: 'good direction',
  lines: 'lines',
  text: 'text',
  description: 'description',
  phone: 'phones',
  periods: 'periods',
  default_period: 'default period',
  timezone: 'time zone',
  dimensions: 'filters by property',
  numeric: 'filters by number',
  mode: 'light or dark',
  primaryColor: 'primary colour',
  backgroundColor: 'background',
  cardBackground: 'cards',
  cardBorder: 'card borders',
  textColor: 'text colour',
  mutedColor: 'muted text',
};

function parts(before: object, after: object): string {
  const [a, b] = [before as Record<string, unknown>, after as Record<string, unknown>];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => !same(a[key], b[key]));
  return keys.map((key) => PART_NAMES[key] ?? humanise(key).toLowerCase()).join(', ');
}

function widgetChanges(before: readonly DraftWidget[], after: readonly DraftWidget[]): Change[] {
  const old = new Map(before.map((widget) => [widget.id, widget]));
  const now = new Set(after.map(({ id }) => id));
  const kept = after.map((widget): Change | null => {
    const was = old.get(widget.id);
    if (!was) return { sign: 'added', what: widget.title, parts: '' };
    return same(was, widget) ? null : { sign: 'changed', what: widget.title, parts: parts(was, widget) };
  });
  const gone = before
    .filter(({ id }) => !now.has(id))
    .map(({ title }): Change => ({ sign: 'removed', what: title, parts: '' }));
  return [...kept.filter((one) => one !== null), ...gone];
}

/** Publishing gives colours to values that have none: only those that were chosen can be a difference. */
function withoutGiven(published: Draft['colours'], chosen: Draft['colours']): Draft['colours'] {
  const kept = Object.entries(chosen).map(([property, values]) => {
    const names = Object.keys(values).filter((value) => published[property]?.[value] !== undefined);
    return [property, Object.fromEntries(names.map((value) => [value, published[property]?.[value]]))];
  });
  return Object.fromEntries(kept) as Draft['colours'];
}

/** The changes that lead from one to the other; widgets first, then what is around them. */
export function difference(before: Draft, after: Draft): Change[] {
  const settings = [
    ['Filter bar', before.filters, after.filters],
    ['Theme', before.theme, after.theme],
    ['Colours by value', withoutGiven(before.colours, after.colours), after.colours],
  ] as const;
  const changed = settings.filter(([, one, other]) => !same(one, other));
  const renamed =
    before.name === after.name
      ? []
      : [{ sign: 'changed', what: `Name: “${before.name}” → “${after.name}”`, parts: '' } as const];
  return [
    ...renamed,
    ...widgetChanges(before.widgets, after.widgets),
    ...changed.map(([what, one, other]): Change => ({ sign: 'changed', what, parts: parts(one, other) })),
  ];
}
