/** Tables: the table widget, and every chart's own figures as one. */

import type { Column as ApiColumn, Cell, PointsAnswer, TableAnswer, Widget } from '@emban/api/contract';
import type { BreakdownView } from './breakdown.ts';
import type { ChartContext } from './context.ts';
import { formatValue, NO_VALUE } from './format/number.ts';
import { guessedUnit, humanise, plain, type Unit, unitFromName, unitOf } from './format/unit.ts';
import { kpiFigures, kpiView } from './kpi.ts';
import { type NameKind, valueName } from './naming.ts';
import { dimensionOf, type Series } from './series.ts';
import { momentName } from './time/labels.ts';
import { clockOf } from './time/wall.ts';
import type { TimeseriesView } from './timeseries.ts';

export interface TableCell {
  readonly text: string;
  /** Shown on hover where it says more than `text`. */
  readonly full: string;
  /** Set where the cell is the name of a group or a value: "other" stays last however rows are sorted. */
  readonly kind?: NameKind;
  readonly spoken?: string;
  /** What sorting goes by. */
  readonly sort: string | number | null;
}

export interface TableColumn {
  readonly name: string;
  readonly title: string;
  /** Set where the title is the name of a group. */
  readonly kind?: NameKind;
  readonly spoken?: string;
  readonly numeric: boolean;
}

export interface TableView {
  readonly kind: 'table';
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly TableCell[])[];
}

const NUMERIC = /int|float|double|decimal|number|numeric/i;
const TIME = /date|time|instant/i;

type Reader = (cell: Cell) => TableCell;

/** A cell as a number, also where it is written as text; null for any other. */
function numberOf(cell: Cell): number | null {
  const value = typeof cell === 'string' && cell.trim() !== '' ? Number(cell) : cell;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function numberReader(unit: Unit, locale: string): Reader {
  return (cell) => {
    const value = numberOf(cell);
    if (value === null) return { text: NO_VALUE, full: '', sort: null };
    const full = formatValue(value, unit, locale, 'full');
    return { text: full, full, sort: value };
  };
}

function timeReader(context: ChartContext): Reader {
  const clock = clockOf(context.timezone, context.window);
  return (cell) => {
    const instant = typeof cell === 'string' ? Date.parse(cell) : Number.NaN;
    if (Number.isNaN(instant)) return { text: cell === null ? NO_VALUE : String(cell), full: '', sort: null };
    // Always with its date: no event is on the same day as the end of time.
    const text = momentName(clock(instant), Number.POSITIVE_INFINITY, context.locale);
    return { text, full: String(cell), sort: instant };
  };
}

function textReader(cell: Cell): TableCell {
  const { text, kind, spoken } = valueName(cell === null ? null : String(cell));
  return { text, kind, spoken, full: text, sort: cell === null ? null : String(cell) };
}

/** Metrics of a table come as columns named after them: counts have no unit, the others that of their property. */
function columnUnit(column: ApiColumn, cells: readonly Cell[]): Unit {
  if (column.unit) return unitOf(column.unit);
  return /^count/i.test(column.name) ? plain : guessedUnit(column.name.replace(/\)$/, ''), cells.map(numberOf));
}

function isNumeric(column: ApiColumn, rows: TableAnswer['rows'], at: number): boolean {
  if (NUMERIC.test(column.type)) return true;
  return !column.type && rows.some((row) => typeof row[at] === 'number');
}

function readerOf(column: ApiColumn, numeric: boolean, cells: readonly Cell[], context: ChartContext): Reader {
  if (numeric) return numberReader(columnUnit(column, cells), context.locale);
  return TIME.test(column.type) ? timeReader(context) : textReader;
}

/** The view of a table; of a widget's, the heads of figures are as its query names them, and those of events are properties. */
export function tableView(answer: TableAnswer, context: ChartContext, widget?: Widget): TableView {
  const numeric = answer.columns.map((column, i) => isNumeric(column, answer.rows, i));
  const cells = (at: number) => answer.rows.map((row) => row[at] ?? null);
  const readers = answer.columns.map((column, i) => readerOf(column, numeric[i] === true, cells(i), context));
  return {
    kind: 'table',
    columns: answer.columns.map((column, i) => ({
      name: column.name,
      title: widget && numeric[i] && !METRIC.test(column.name) ? column.name : columnTitle(column.name),
      numeric: numeric[i] === true,
    })),
    rows: answer.rows.map((row) => readers.map((read, i) => read(row[i] ?? null))),
  };
}

const METRIC = /^(count_unique|count|sum|avg|min|max|p50|p95|p99)(?:_approx)?(?:\((.+)\))?$/;
const METRIC_WORDS: Readonly<Record<string, string>> = {
  avg: 'average',
  min: 'lowest',
  max: 'highest',
  p50: 'median',
};

const COLUMN_WORDS: Readonly<Record<string, string>> = { timestamp: 'Time', event_name: 'Event', user_id: 'User' };

/** `latency_ms` → `latency`: the unit is beside the figures. A ratio is a word of the name as well, and is beside them only where it is a share. */
function withoutUnit(name: string): string {
  return unitFromName(name).kind === 'plain' || /ratio$/i.test(name) ? name : name.replace(/[_.\s-]+[^_.\s-]+$/, '');
}

/** `count` → `Events`, `sum(tokens)` → `Tokens`, `p95_approx(latency_ms)` → `Latency (p95)`, `count_unique(model)` → `Model (distinct)`. */
export function columnTitle(name: string): string {
  const [, metric = '', prop] = METRIC.exec(name) ?? [];
  if (metric === 'count_unique') return prop ? `${humanise(prop)} (distinct)` : 'Users';
  if (metric === 'count') return 'Events';
  if (!prop) return COLUMN_WORDS[name] ?? humanise(withoutUnit(name));
  const title = humanise(withoutUnit(prop));
  return metric === 'sum' ? title : `${title} (${METRIC_WORDS[metric] ?? metric})`;
}

const text = (value: string): TableCell => ({ text: value, full: value, sort: value });

function number(value: number | null, unit: Unit, locale: string): TableCell {
  const full = formatValue(value, unit, locale, 'full');
  return { text: full, full, sort: value };
}

type Column = { readonly column: TableColumn; readonly cell: (index: number) => TableCell };

/** The columns of one series: its figures, and those of the window before. */
function seriesColumns(view: TimeseriesView, series: Series, locale: string): Column[] {
  const { before, label, unit } = view;
  const alone = view.matrix.series.length === 1;
  const title = series.name || 'Value';
  const { key: name, kind, spoken } = series;
  const named = alone && before ? { title: label } : { title, kind, spoken };
  const own: Column = {
    column: { name, ...named, numeric: true },
    cell: (i) => number(series.values[i] ?? null, unit, locale),
  };
  if (!before) return [own];
  const earlier: Column = {
    column: { name: `${name} before`, title: alone ? before.label : `${title}, ${before.label}`, numeric: true },
    cell: (i) => {
      const cell = number(series.previous[i] ?? null, unit, locale);
      return i < before.count ? { ...cell, full: `${before.name(i)}: ${cell.full}` } : cell;
    },
  };
  return [own, earlier];
}

/** A time series' figures, newest bucket first: one row a bucket, one column a series, two where it is compared. */
export function timeseriesTable(view: TimeseriesView, context: ChartContext): TableView {
  const columns = view.matrix.series.flatMap((series) => seriesColumns(view, series, context.locale));
  const rows = view.matrix.starts.map((start, i) => {
    const label = view.name(i);
    return [{ text: label, full: label, sort: start }, ...columns.map(({ cell }) => cell(i))];
  });
  const time = { name: 't', title: 'Time', numeric: false };
  return { kind: 'table', columns: [time, ...columns.map(({ column }) => column)], rows: rows.reverse() };
}

/** A breakdown's figures, with shares where they mean something. */
export function breakdownTable(view: BreakdownView, widget: Widget, context: ChartContext): TableView {
  const shares = view.rows.some((row) => row.share !== null);
  const columns: TableColumn[] = [
    { name: 'group', title: humanise(dimensionOf(widget) || 'group'), numeric: false },
    { name: 'value', title: 'Value', numeric: true },
    ...(shares ? [{ name: 'share', title: 'Share', numeric: true }] : []),
  ];
  const rows = view.rows.map((row) => {
    const share = { text: row.shareText || NO_VALUE, full: row.shareText, sort: row.share };
    const name = { ...text(row.name), kind: row.kind, spoken: row.spoken };
    return [name, number(row.value, view.unit, context.locale), ...(shares ? [share] : [])];
  });
  return { kind: 'table', columns, rows };
}

/** A card's figures as a table, so that every widget has one. */
export function kpiTable(widget: Widget, answer: PointsAnswer, context: ChartContext): TableView {
  const several = kpiFigures(widget, answer, context);
  const figures = several.length ? several : [{ title: widget.title, view: kpiView(widget, answer, context) }];
  const rows = figures.map(({ title, view }) => [text(title), { text: view.full, full: view.full, sort: view.value }]);
  const columns = [
    { name: 'name', title: 'Figure', numeric: false },
    { name: 'value', title: 'Value', numeric: true },
  ];
  return { kind: 'table', columns, rows };
}
