/** Cells of an answer as text, files and sums. Integers beyond 2^53 come as text and stay exact. Pure. */

export interface ResultColumn {
  readonly name: string;
  readonly type: string;
}

export interface Result {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly unknown[])[];
  readonly totals?: readonly unknown[] | null;
  readonly stats: {
    readonly wall_ms: number;
    readonly rows_returned: number;
    readonly rows_read: number;
    readonly truncated: boolean;
  };
  readonly warnings: readonly string[];
}

/** A rectangle of cells, both ends included. */
export interface Area {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

const WRAPPED = /^(?:Nullable|LowCardinality|SimpleAggregateFunction)\((?:\w+, )?(.*)\)$/;

/** A type without what is wrapped around it: `Nullable(UInt64)` is `UInt64`. */
export function bareType(type: string): string {
  const inner = WRAPPED.exec(type)?.[1];
  return inner === undefined ? type : bareType(inner);
}

export const isInteger = (type: string) => /^U?Int\d+$/.test(bareType(type));
export const isNumber = (type: string) => /^(U?Int|B?Float|Decimal)/.test(bareType(type));
export const isTime = (type: string) => /^Date/.test(bareType(type));

/** What a cell shows: the value itself, never rounded or grouped. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const oneLine = (value: unknown) => (value === null ? '' : cellText(value).replace(/[\t\r\n]+/g, ' '));

export function areaOf(result: Result): Area {
  return { top: 0, left: 0, bottom: result.rows.length - 1, right: result.columns.length - 1 };
}

function cut(result: Result, { top, bottom, left, right }: Area) {
  return {
    columns: result.columns.slice(left, right + 1),
    rows: result.rows.slice(top, bottom + 1).map((row) => row.slice(left, right + 1)),
  };
}

/** Lines of cells for a spreadsheet; a cell alone is its text, line breaks and all. */
export function asTsv(result: Result, area: Area, header = false): string {
  const { columns, rows } = cut(result, area);
  const first = rows[0];
  if (!header && rows.length === 1 && first?.length === 1) return first[0] === null ? '' : cellText(first[0]);
  const lines = rows.map((row) => row.map(oneLine).join('\t'));
  return (header ? [columns.map(({ name }) => oneLine(name)).join('\t'), ...lines] : lines).join('\n');
}

/** An integer that came as text is written as a number, all of its digits: JSON has no limit on them. */
function jsonCell(value: unknown, type: string): string {
  return typeof value === 'string' && isInteger(type) && /^-?\d+$/.test(value) ? value : JSON.stringify(value ?? null);
}

export function asJson(result: Result, area: Area): string {
  const { columns, rows } = cut(result, area);
  const objects = rows.map((row) => {
    const cells = columns.map(({ name, type }, at) => `${JSON.stringify(name)}: ${jsonCell(row[at], type)}`);
    return `  {${cells.join(', ')}}`;
  });
  return `[\n${objects.join(',\n')}\n]`;
}

/** RFC 4180. What a spreadsheet would take for a formula gets an apostrophe in front. */
function csvCell(value: unknown, type: string): string {
  if (value === null || value === undefined) return '';
  const text = cellText(value);
  const safe = !isNumber(type) && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function asCsv(result: Result): string {
  const head = result.columns.map(({ name }) => csvCell(name, 'String'));
  const lines = result.rows.map((row) => row.map((value, at) => csvCell(value, result.columns[at]?.type ?? '')));
  return [head, ...lines].map((cells) => `${cells.join(',')}\r\n`).join('');
}

export interface Sums {
  readonly cells: number;
  readonly numbers: number;
  /** Exact for integers; null without numbers. */
  readonly sum: string | null;
  readonly average: string | null;
}

const digits = (value: number) => (Number.isFinite(value) ? String(Number(value.toPrecision(15))) : String(value));

/** Sum and average of the numbers of an area. Integers are added exactly, however large. */
export function sumsOf(result: Result, area: Area): Sums {
  const { columns, rows } = cut(result, area);
  let [numbers, floats, whole, exact] = [0, 0, 0n, true];
  for (const row of rows) {
    for (const [at, { type }] of columns.entries()) {
      const value = row[at];
      if (value === null || value === undefined || !isNumber(type)) continue;
      numbers += 1;
      if (isInteger(type)) whole += BigInt(value as string | number);
      else {
        exact = false;
        floats += asFloat(value);
      }
    }
  }
  const cells = rows.length * columns.length;
  if (numbers === 0) return { cells, numbers, sum: null, average: null };
  const total = floats + Number(whole);
  const average = exact ? exactMean(whole, BigInt(numbers)) : digits(total / numbers);
  return { cells, numbers, sum: exact ? String(whole) : digits(total), average };
}

/** A float as JSON has it: a number, or the words for what is none. */
export function asFloat(value: unknown): number {
  if (value === 'inf' || value === '-inf') return value === 'inf' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return Number(value);
}

/** The mean of integers: exact where it is whole, to 15 digits where not. */
function exactMean(sum: bigint, count: bigint): string {
  if (sum % count === 0n) return String(sum / count);
  return digits(Number(sum / count) + Number(sum % count) / Number(count));
}

const CHARACTER_PX = 7.4;
const AROUND_PX = 26;
const LEAST_PX = 64;
const MOST_PX = 420;
const LOOKED_AT = 300;

/** The width of a column that shows its contents, within reason: by its first rows. */
export function fittingWidth(result: Result, at: number, most = MOST_PX): number {
  const column = result.columns[at];
  let longest = Math.max(column?.name.length ?? 0, (column?.type.length ?? 0) * 0.85);
  for (const row of result.rows.slice(0, LOOKED_AT)) longest = Math.max(longest, cellText(row[at]).length);
  return Math.round(Math.min(most, Math.max(LEAST_PX, longest * CHARACTER_PX + AROUND_PX)));
}
