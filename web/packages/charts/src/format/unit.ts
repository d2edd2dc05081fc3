/** What a number counts, read from a widget's `unit` or from the name of the property that it was made of. */

import type { PointsAnswer, Widget } from '@emban/api/contract';

export type Unit =
  | { readonly kind: 'plain' }
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'percent'; readonly scale: number }
  | { readonly kind: 'duration'; readonly milliseconds: number }
  | { readonly kind: 'bytes'; readonly factor: number }
  | { readonly kind: 'money'; readonly currency: string };

export const plain: Unit = { kind: 'plain' };

const DURATIONS: Record<string, number> = {
  us: 0.001,
  µs: 0.001,
  μs: 0.001,
  ms: 1,
  milliseconds: 1,
  s: 1000,
  sec: 1000,
  seconds: 1000,
  min: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hours: 3_600_000,
};
const BYTES: Record<string, number> = {
  bytes: 1,
  byte: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};
const CURRENCIES = new Set(['USD', 'EUR', 'GBP', 'JPY', 'CHF', 'CAD', 'AUD', 'INR', 'CNY', 'SEK', 'NOK', 'DKK', 'BRL']);
/** Metrics that count rows or people: the property's unit does not apply to them. */
const COUNTS = new Set(['count', 'count_unique', 'count_unique_approx']);

/** The unit that a config's word stands for; an unknown word is put after the number as it is. */
export function unitOf(text: string | null | undefined): Unit {
  const word = text?.trim();
  if (!word) return plain;
  const lower = word.toLowerCase();
  if (lower === 'percent' || lower === '%') return { kind: 'percent', scale: 1 };
  if (lower === 'ratio') return { kind: 'percent', scale: 100 };
  if (DURATIONS[lower] !== undefined) return { kind: 'duration', milliseconds: DURATIONS[lower] };
  if (BYTES[lower] !== undefined) return { kind: 'bytes', factor: BYTES[lower] };
  if (/^[A-Z]{3}$/.test(word)) return { kind: 'money', currency: word };
  if (CURRENCIES.has(word.toUpperCase()) && word.length === 3) return { kind: 'money', currency: word.toUpperCase() };
  return { kind: 'word', word };
}

/** The unit that a property's last word gives away: `latency_ms`, `cost_usd`, `body_bytes`, `hit_ratio`. */
export function unitFromName(name: string): Unit {
  const last =
    name
      .toLowerCase()
      .split(/[_.\s-]+/)
      .at(-1) ?? '';
  if (last === 'pct' || last === 'percent') return { kind: 'percent', scale: 1 };
  if (['us', 'ms', 's', 'sec', 'seconds', 'ratio', 'bytes', 'kb', 'mb', 'gb'].includes(last)) return unitOf(last);
  return CURRENCIES.has(last.toUpperCase()) ? unitOf(last) : plain;
}

/** Figures that a unit is for, as answers have them. */
export type Figures = Iterable<number | null | undefined>;

/**
 * The unit that a name gives away and that the figures do not contradict: a part of a whole is never more than all of it, so a `…_ratio` above 1
 * is some other ratio (of compression, say), a plain number.
 */
export function guessedUnit(name: string, figures: Figures): Unit {
  const unit = unitFromName(name);
  if (unit.kind !== 'percent' || unit.scale === 1) return unit;
  for (const figure of figures) if (Math.abs(figure ?? 0) > 1 + 1e-9) return plain;
  return unit;
}

/** Values and those that they are compared with. */
export function figuresOf({ points }: PointsAnswer): number[] {
  return points.flatMap(({ value, previous_value: previous }) => [value ?? 0, previous ?? 0]);
}

/** A widget's unit: its own, else the one that its property's name gives away and its figures allow. */
export function unitOfWidget(widget: Widget, figures: Figures = []): Unit {
  if (widget.format === 'ratio' || widget.format === 'percent') return unitOf(widget.format);
  if (widget.unit) return unitOf(widget.unit);
  const { metric, prop } = widget.query ?? {};
  const named = prop && !(metric && COUNTS.has(metric)) ? guessedUnit(prop, figures) : plain;
  if (named.kind !== 'plain') return named;
  if (widget.format === 'bytes') return unitOf('bytes');
  return widget.format === 'duration' ? unitOf('ms') : plain;
}

// The server has the same, for the titles that it makes.
const ACRONYMS = new Set('api cpu eur gpu http id io ip llm ram sdk sla sql ui url usd utc'.split(' '));

/** `latency_ms` → `Latency`, `status_code` → `Status code`, `api.call` → `Api call`: a heading from a technical name. */
export function humanise(name: string): string {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .split(/[_.\s-]+/)
    .filter(Boolean);
  const text = words.map((word) => (ACRONYMS.has(word.toLowerCase()) ? word.toUpperCase() : word));
  const sentence = text.join(' ').replace(/\bms\b/gi, 'ms');
  return sentence ? sentence.charAt(0).toUpperCase() + sentence.slice(1) : name;
}
