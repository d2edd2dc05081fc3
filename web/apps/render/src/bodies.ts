/** The body of a card in so much room: what the pages put there, drawn by the same code. */

import type { Answer, PointsAnswer, TableAnswer, Widget } from '@emban/api/contract';
import {
  type BreakdownRow,
  type BreakdownView,
  barsPicture,
  breakdownSummary,
  breakdownTable,
  breakdownView,
  type ChartContext,
  type Delta,
  donutPicture,
  EMPTY_TITLE,
  FAILED_TITLE,
  formatValue,
  isEmpty,
  isFailed,
  type KpiView,
  kpiFigures,
  kpiSummary,
  kpiView,
  NO_FIGURE,
  type Size,
  sentence,
  type TableView,
  tableView,
  textWidth,
  timeseriesSummary,
  timeseriesView,
} from '@emban/charts';
import { draw } from './engine.ts';
import { fit, measure } from './measure.ts';
import { CELL_PADDING, FIGURE, LEGEND_ROW, SMALL, TEXT } from './sizes.ts';
import { layTable } from './tables.ts';
import { type Body, type Change, type Figure, type Legend, type Row, words } from './view.ts';

export interface Drawn {
  readonly body: Body;
  readonly alt: string;
  /** Rows that stand on the paper, and how many there are. */
  readonly shown?: { readonly rows: number; readonly of: number };
}

export interface Input {
  readonly widget: Widget;
  readonly answer: Answer;
  readonly context: ChartContext;
  /** Rows of a table or a list that the paper has room for. */
  readonly rows: number;
  /** The picture alone, without a legend. */
  readonly bare?: boolean;
}

export function stateOf(widget: Widget, answer: Answer): Body | null {
  if (isFailed(answer)) return { kind: 'state', failed: true, title: FAILED_TITLE, text: sentence(answer.error) };
  if (isEmpty(widget, answer)) return { kind: 'state', failed: false, title: EMPTY_TITLE, text: '' };
  return null;
}

function changeOf(delta: Delta | null): Change | null {
  return delta && { text: delta.text, tone: delta.tone, versus: delta.versus };
}

function figureOf(title: string, view: KpiView, width: number): Figure {
  // As the style sheet does: a figure gets smaller where the card is too narrow for it, and is never cut.
  const size = Math.min(FIGURE, width / Math.max(1, textWidth(view.text, 1) * 1.08));
  return { title, text: view.text, size, word: view.word, change: changeOf(view.delta) };
}

function drawKpi({ widget, answer, context }: Input, { width }: Size): Drawn {
  const points = answer as PointsAnswer;
  const several = kpiFigures(widget, points, context);
  if (several.length) {
    const figures = several.map(({ title, view }) => figureOf(title, view, width));
    const versus = figures.find(({ change }) => change)?.change?.versus ?? '';
    return { body: { kind: 'figures', figures, versus }, alt: kpiSummary(several, widget) };
  }
  const view = kpiView(widget, points, context);
  const { progress } = view;
  const body: Body = {
    kind: 'figure',
    figure: figureOf(widget.title, view, width),
    progress: progress && { ratio: progress.ratio, text: progress.text, of: `of ${progress.target}` },
    missing: view.hasValue ? '' : NO_FIGURE,
  };
  return { body, alt: kpiSummary(view, widget) };
}

const MOST_LEGEND = 168;
const SWATCH = 10 + 6;
const BETWEEN = 12;

/** Rows that a legend takes, laid out as the style sheet does. */
function legendRows(legend: readonly Legend[], width: number): number {
  let rows = legend.length ? 1 : 0;
  let used = 0;
  for (const { name } of legend) {
    const own = Math.min(measure(name.text, SMALL), width) + SWATCH;
    if (used > 0 && used + own > width) [rows, used] = [rows + 1, 0];
    used += own + BETWEEN;
  }
  return rows;
}

function drawTimeseries({ widget, answer, context, bare = false }: Input, { width, height }: Size): Drawn {
  const points = answer as PointsAnswer;
  const viewIn = (size: Size) => timeseriesView({ widget, answer: points, context, size });
  const first = viewIn({ width, height });
  const legend = (bare ? [] : first.legend).map(({ name, kind, colour, dashed, window }): Legend => {
    return { name: words(window ? name : fit(name, MOST_LEGEND, SMALL), kind), colour, dashed };
  });
  const rows = legendRows(legend, width);
  const size = { width, height: Math.max(60, height - rows * LEGEND_ROW) };
  const view = rows ? viewIn(size) : first;
  const alt = timeseriesSummary(view, widget, context);
  return { body: { kind: 'chart', legend, ...draw(view.option, size) }, alt };
}

function rowOf(row: BreakdownRow, width: number): Row {
  const { text, shareText: share, length, colour, kind } = row;
  return { name: words(fit(row.name, width, TEXT), kind), text, share, length, colour };
}

const SHARE = 64;

function drawList({ widget, answer, context, rows }: Input, { width }: Size): Drawn {
  const view = breakdownView(widget, answer as PointsAnswer, context);
  const shares = view.rows.some(({ shareText }) => shareText) ? SHARE : 0;
  const list = view.rows.slice(0, rows).map((row) => rowOf(row, width - shares - 12 - measure(row.text, TEXT, true)));
  const alt = breakdownSummary(view, widget, context);
  return { body: { kind: 'list', rows: list }, alt, shown: { rows: list.length, of: view.rows.length } };
}

function drawBars({ widget, answer, context }: Input, size: Size): Drawn {
  const view = breakdownView(widget, answer as PointsAnswer, context);
  const picture = barsPicture(view, context, size);
  const alt = breakdownSummary(view, widget, context);
  const shown = { rows: picture.drawn, of: view.rows.length };
  return { body: { kind: 'chart', legend: [], ...draw(picture.option, size) }, alt, shown };
}

/** Radius in px of a ring's hole from which on a figure in it can be read. */
const LEAST_HOLE = 28;
const RING = 0.42;
/** Beside a ring in a narrower card, names would be cut to their first letters: they go below it. */
const BESIDE_FROM = 270;
export const LEAST_RING = 112;

interface Ring extends Size {
  readonly above: boolean;
}

function ringIn({ width, height }: Size, rows: number): Ring {
  const above = width < BESIDE_FROM && height >= rows * LEGEND_ROW + 8 + LEAST_RING;
  if (above) return { above, width, height: height - rows * LEGEND_ROW - 8 };
  return { above, width: Math.max(104, Math.round(width * (width < 328 ? 0.36 : RING))), height };
}

/** Height in px of a donut's body that leaves room for all. */
export function donutHeight(width: number, rows: number): number {
  return width < BESIDE_FROM ? rows * LEGEND_ROW + 8 + LEAST_RING : Math.max(120, rows * LEGEND_ROW);
}

function drawRing(view: BreakdownView, widget: Widget, context: ChartContext, size: Size): Drawn {
  const { option } = donutPicture(view, context, size);
  return { body: { kind: 'chart', legend: [], ...draw(option, size) }, alt: breakdownSummary(view, widget, context) };
}

function drawDonut({ widget, answer, context, bare = false }: Input, room: Size): Drawn {
  const view = breakdownView(widget, answer as PointsAnswer, context);
  if (bare) return drawRing(view, widget, context, room);
  const { above, ...size } = ringIn(room, view.rows.length);
  const picture = donutPicture(view, context, size);
  const total = view.total && picture.inner >= LEAST_HOLE ? view.total : '';
  const totalSize = Math.min(16, (picture.inner * 1.8) / Math.max(1, textWidth(total, 1) * 1.08));
  const beside = above ? room.width : room.width - size.width - 16;
  const narrow = beside < 190;
  const rows = view.rows.map((row) => {
    const own = narrow ? { ...row, shareText: '' } : row;
    return rowOf(own, beside - 18 - 8 - (own.shareText ? SHARE - 4 : 0) - measure(row.text, TEXT, true));
  });
  const alt = breakdownSummary(view, widget, context);
  return { body: { kind: 'donut', above, total, totalSize, rows, ...draw(picture.option, size) }, alt };
}

/** A widget's figures as a table, where it is one or where it is too long for a picture. */
export function tableOf({ widget, answer, context }: Omit<Input, 'rows'>): TableView | null {
  if (widget.kind === 'table') return tableView(answer as TableAnswer, context, widget);
  if (widget.kind !== 'breakdown') return null;
  return breakdownTable(breakdownView(widget, answer as PointsAnswer, context), widget, context);
}

export function drawTable(input: Input, width: number, cut: boolean): Drawn {
  const view = tableOf(input) ?? { kind: 'table', columns: [], rows: [] };
  const body = layTable(view, width, input.rows, cut);
  const { locale } = input.context;
  const alt = `Table: ${formatValue(view.rows.length, undefined, locale)} rows`;
  return { body, alt, shown: { rows: body.rows.length, of: view.rows.length } };
}

/** A card's body in its room. */
export function drawBody(input: Input, size: Size): Drawn {
  const { widget } = input;
  const state = stateOf(widget, input.answer);
  if (state) return { body: state, alt: '' };
  switch (widget.chart) {
    case 'stat':
    case 'progress':
      return drawKpi(input, size);
    case 'line':
    case 'area':
    case 'bar':
    case 'stacked_bar':
      return drawTimeseries(input, size);
    case 'list':
      return drawList(input, size);
    case 'horizontal_bar':
      return drawBars(input, size);
    case 'donut':
      return drawDonut(input, size);
    case 'table':
      return drawTable(input, size.width + CELL_PADDING, true);
  }
}
