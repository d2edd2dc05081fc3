/** Numbers as people read them: `1,234`, `12.4k`, `1.28M`, `230 ms`, `1.2 s`, `12.4%`, `$1.28M`. */

import { plain, type Unit } from './unit.ts';

/** `tight` shortens from 10,000 on; `full` never drops a digit that matters. */
export type NumberStyle = 'tight' | 'full';

/** Shown for a value that does not exist: no rows to average, say. */
export const NO_VALUE = '–';

const SUFFIXES: readonly (readonly [number, string])[] = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'k'],
];

const formats = new Map<string, Intl.NumberFormat>();

function intl(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale}|${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, options);
    formats.set(key, format);
  }
  return format;
}

function rounded(value: number, locale: string, digits: number): string {
  return intl(locale, { maximumFractionDigits: digits }).format(value === 0 ? 0 : value);
}

/** Three significant digits for what is left after the suffix is taken off: 1.28, 12.4, 124. */
function threeDigits(value: number, locale: string): string {
  const size = Math.abs(value);
  return rounded(value, locale, size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

function tightNumber(value: number, locale: string): string {
  const size = Math.abs(value);
  // 9,999.6 would round to 10,000, which is already written 10k.
  if (Math.round(size) >= 10_000) {
    for (const [factor, suffix] of SUFFIXES) {
      // 999,950 rounds to 1M, not to 1,000k.
      if (size >= factor * 0.9995) return threeDigits(value / factor, locale) + suffix;
    }
  }
  return Number.isInteger(value) ? rounded(value, locale, 0) : smallNumber(value, locale);
}

function smallNumber(value: number, locale: string): string {
  const size = Math.abs(value);
  if (size >= 100) return rounded(value, locale, size >= 1000 ? 0 : 1);
  if (size >= 1) return rounded(value, locale, 2);
  return intl(locale, { maximumSignificantDigits: 2 }).format(value);
}

function fullNumber(value: number, locale: string): string {
  const size = Math.abs(value);
  if (Number.isInteger(value)) return rounded(value, locale, 0);
  return size >= 1 ? rounded(value, locale, 2) : intl(locale, { maximumSignificantDigits: 3 }).format(value);
}

function bare(value: number, locale: string, style: NumberStyle): string {
  return style === 'tight' ? tightNumber(value, locale) : fullNumber(value, locale);
}

function duration(milliseconds: number, locale: string): string {
  const size = Math.abs(milliseconds);
  if (size === 0) return `${rounded(0, locale, 0)} ms`;
  if (size < 999.5) return `${size < 10 ? smallNumber(milliseconds, locale) : rounded(milliseconds, locale, 0)} ms`;
  if (size < 59_950) return `${rounded(milliseconds / 1000, locale, size < 9_950 ? 2 : 1)} s`;
  if (size < 3_599_500) return twoParts(milliseconds, 60_000, 'min', 1000, 's', locale);
  if (size < 172_800_000) return twoParts(milliseconds, 3_600_000, 'h', 60_000, 'min', locale);
  return `${rounded(milliseconds / 86_400_000, locale, 1)} d`;
}

function twoParts(value: number, big: number, bigName: string, small: number, smallName: string, locale: string) {
  const total = Math.round(Math.abs(value) / small) * small;
  const rest = Math.round((total % big) / small);
  const head = `${rounded(Math.sign(value) * Math.floor(total / big), locale, 0)} ${bigName}`;
  return rest ? `${head} ${rounded(rest, locale, 0)} ${smallName}` : head;
}

function bytes(value: number, locale: string): string {
  const size = Math.abs(value);
  for (const [factor, name] of [
    [1e12, 'TB'],
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'kB'],
  ] as const) {
    if (size >= factor * 0.9995) return `${threeDigits(value / factor, locale)} ${name}`;
  }
  return `${rounded(value, locale, 0)} B`;
}

/** The locale's own way to write an amount of a currency, around a number that may be shortened. */
function money(value: number, currency: string, locale: string, style: NumberStyle): string {
  const size = Math.abs(value);
  const options: Intl.NumberFormatOptions = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' };
  // A price for a thousand tokens, say, of which cents would show nothing.
  if (size !== 0 && size < 0.01) Object.assign(options, { minimumSignificantDigits: 2, maximumSignificantDigits: 3 });
  const format = intl(locale, options);
  if (style === 'full' || Math.round(size) < 10_000) return format.format(value);
  return withNumber(format.formatToParts(value), tightNumber(size, locale));
}

const DIGITS: readonly string[] = ['integer', 'group', 'decimal', 'fraction'];

/** A formatted amount with another number in its digits' place: sign, symbol and order are the locale's. */
function withNumber(parts: readonly Intl.NumberFormatPart[], number: string): string {
  const first = parts.findIndex((part) => part.type === 'integer');
  return parts
    .filter((part, i) => i <= first || !DIGITS.includes(part.type))
    .map((part, i) => (i === first ? number : part.value))
    .join('');
}

/** A percentage of `value` percent (12.4 → `12.4%`), one decimal; `signed` puts a plus before a rise and a true minus before a fall. */
export function formatPercent(value: number, locale: string, signed = false): string {
  const text = intl(locale, {
    style: 'percent',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    signDisplay: signed ? 'exceptZero' : 'auto',
  }).format(value / 100);
  return signed ? text.replace('-', '−') : text;
}

/** A value with its unit. `null` and numbers that are none give `NO_VALUE`. */
export function formatValue(
  value: number | null | undefined,
  unit: Unit = plain,
  locale = 'en',
  style: NumberStyle = 'full',
): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NO_VALUE;
  switch (unit.kind) {
    case 'percent':
      return formatPercent(value * unit.scale, locale);
    case 'duration':
      return duration(value * unit.milliseconds, locale);
    case 'bytes':
      return bytes(value * unit.factor, locale);
    case 'money':
      return money(value, unit.currency, locale, style);
    case 'word':
      return `${bare(value, locale, style)} ${unit.word}`;
    default:
      return bare(value, locale, style);
  }
}

/** How many decimals it takes to write `step`: 0 for 5, 1 for 2.5, 2 for 0.25. */
function decimalsOf(step: number): number {
  for (let digits = 0; digits < 6; digits += 1) {
    const scaled = step * 10 ** digits;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 * scaled) return digits;
  }
  return 6;
}

/** Labels of an axis: every tick with the same suffix and unit, chosen by the largest, and no words that repeat. */
export function axisFormatter(largest: number, step: number, unit: Unit, locale: string): (value: number) => string {
  const size = Math.abs(largest);
  if (unit.kind === 'duration') return (value) => duration(value * unit.milliseconds, locale);
  if (unit.kind === 'bytes') return (value) => bytes(value * unit.factor, locale);
  if (unit.kind === 'percent') {
    const digits = step * unit.scale < 1 ? 1 : 0;
    const format = intl(locale, { style: 'percent', maximumFractionDigits: digits });
    return (value) => format.format((value * unit.scale) / 100);
  }
  const [factor, suffix] = (size >= 10_000 && SUFFIXES.find(([at]) => size >= at)) || [1, ''];
  const digits = decimalsOf(step / factor);
  const number = (value: number) =>
    rounded(value / factor, locale, value === 0 ? 0 : digits) + (value === 0 ? '' : suffix);
  if (unit.kind !== 'money') return number;
  return (value) => moneyTick(value, number(Math.abs(value)), unit.currency, locale);
}

function moneyTick(value: number, number: string, currency: string, locale: string): string {
  const options = { style: 'currency', currency, currencyDisplay: 'narrowSymbol', maximumFractionDigits: 0 } as const;
  return withNumber(intl(locale, options).formatToParts(Math.sign(value)), number);
}
