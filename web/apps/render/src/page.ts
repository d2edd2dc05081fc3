/** A dashboard on paper: its head, and its widgets as bands of cards and as tables that run over pages. */

import type { Answer, Widget } from '@emban/api/contract';
import {
  besideTitle,
  type ChartContext,
  errorNote,
  formatValue,
  isEmpty,
  isFailed,
  metaOf,
  omissionNote,
  windowOf,
} from '@emban/charts';
import { type Drawn, donutHeight, drawBody, drawTable, stateOf, tableOf } from './bodies.ts';
import type { Paper } from './document.ts';
import { cardGroups, layBands, type Wish } from './layout.ts';
import { countLines, fit, measure } from './measure.ts';
import {
  BAR_ROW,
  BELOW_HEAD,
  CELL_PADDING,
  columnsWidth,
  HEAD,
  LINE,
  LIST_ROW,
  NOTE,
  PADDING,
  rowsHeight,
  SMALL,
  TABLE_HEAD,
  TABLE_ROW,
  TEXT,
} from './sizes.ts';
import type { CardView } from './view.ts';

/** Rows that a table has on paper at most. */
export const MOST_ROWS = 1000;
/** Rows that a card of a picture grows by to show. */
const PICTURE_ROWS = 40;
/** A card that needs more of a page than this runs over pages as a table. */
const MOST_OF_PAGE = 0.6;

export interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly card: CardView;
}

export type Block =
  | { readonly kind: 'band'; readonly height: number; readonly cards: readonly Placed[] }
  | { readonly kind: 'long'; readonly card: CardView };

interface Item extends Wish {
  readonly widget: Widget;
  readonly answer: Answer;
  readonly context: ChartContext;
  /** Rows that the body would like to show. */
  readonly rows: number;
  readonly note: string;
  loose: boolean;
}

function rowsOf(widget: Widget, answer: Answer, context: ChartContext): number {
  return stateOf(widget, answer) ? 0 : (tableOf({ widget, answer, context })?.rows.length ?? 0);
}

function figuresHeight(widget: Widget, answer: Answer, width: number): number {
  const names = new Set('points' in answer ? answer.points.map(({ series }) => series) : []);
  const several = [...names].filter((name) => typeof name === 'string').length;
  if (several) return several * (LINE + 4) * (width < 170 ? 2 : 1) + LINE + 12;
  // A change and what it is against need a second line in a narrow card.
  return 36 + 4 + LINE * (width < 230 ? 2 : 1) + (widget.chart === 'progress' ? 12 : 0);
}

function bodyHeight(widget: Widget, answer: Answer, rows: number, width: number): number {
  if (stateOf(widget, answer)) return 3 * LINE;
  switch (widget.chart) {
    case 'stat':
    case 'progress':
      return figuresHeight(widget, answer, width) - BELOW_HEAD;
    case 'table':
      return TABLE_HEAD + rows * TABLE_ROW + 2;
    case 'list':
      return rows * LIST_ROW;
    case 'horizontal_bar':
      return rows * BAR_ROW;
    case 'donut':
      return donutHeight(width, Math.min(6, rows));
    default:
      return 150;
  }
}

/** What a figure leaves out and how exact it is: on paper there is no pointer that could ask for it. */
function noteOf(widget: Widget, answer: Answer, context: ChartContext): string {
  if (isFailed(answer) || isEmpty(widget, answer)) return '';
  const error = errorNote(metaOf(answer), context.locale);
  return [omissionNote(widget, answer, context), error && `${error}.`].filter(Boolean).join(' ');
}

function itemOf(widget: Widget, answer: Answer, base: ChartContext, paper: Paper): Item {
  const context = { ...base, window: windowOf(answer) ?? base.window };
  const all = rowsOf(widget, answer, context);
  const rows = paper.height === null ? Math.min(all, PICTURE_ROWS) : Math.min(all, MOST_ROWS);
  const note = noteOf(widget, answer, context);
  const said = note || all > rows ? NOTE : 0;
  const inner = columnsWidth(widget.layout.w, paper.width) - 2 * PADDING;
  const { head } = headOf(widget, answer, context.locale, inner);
  const least = 2 * PADDING + head + BELOW_HEAD + bodyHeight(widget, answer, rows, inner) + said;
  const tight = rows > 0 && (widget.chart === 'table' || widget.chart === 'list');
  return { widget, answer, context, layout: widget.layout, rows, note, least, tight, loose: false };
}

/** Whether a card is too long for its place on a page: it then runs over pages, as wide as the paper. */
function isLong({ widget, least, layout, rows }: Item, paper: Paper): boolean {
  if (paper.height === null || rows === 0 || !['table', 'list', 'horizontal_bar'].includes(widget.chart)) return false;
  if (least > paper.height * MOST_OF_PAGE) return true;
  const given = rowsHeight(layout.h);
  return widget.chart === 'table' && layout.w < 10 && least > Math.max(given * 1.6, given + 120);
}

/** Lines that a title may take: there is no pointer on paper that would show the rest of it. */
const TITLE_LINES = 3;

type CardHead = Pick<CardView, 'id' | 'title' | 'head' | 'quiet' | 'beside'>;

function headOf(widget: Widget, answer: Answer, locale: string, width: number): CardHead {
  const quiet = widget.kind === 'kpi';
  const size = quiet ? TEXT : 14;
  const beside = fit(besideTitle(widget, answer, locale), width / 2, SMALL);
  const room = width - (beside ? measure(beside, SMALL) + 8 : 0);
  if (measure(widget.title, size, !quiet) <= room)
    return { id: widget.id, title: widget.title, head: HEAD, quiet, beside };
  // The last line is shared with what stands beside the title.
  const wanted = countLines(beside ? `${widget.title} ${beside}` : widget.title, width * 0.98, size, !quiet);
  const lines = Math.min(TITLE_LINES, wanted);
  const title = wanted > lines ? fit(widget.title, (lines - 0.3) * width - (width - room), size, !quiet) : widget.title;
  return { id: widget.id, title, head: HEAD + (lines - 1) * LINE, quiet, beside };
}

/** `12 of 340 rows`, where not all of them stand here. */
function rowsNote(shown: Drawn['shown'], context: ChartContext): string {
  if (!shown || shown.rows >= shown.of) return '';
  const number = (count: number) => formatValue(count, undefined, context.locale);
  return `${number(shown.rows)} of ${number(shown.of)} rows.`;
}

function cardIn(item: Item, width: number, height: number): CardView {
  const inner = width - 2 * PADDING;
  const head = headOf(item.widget, item.answer, item.context.locale, inner);
  const room = height - 2 * PADDING - head.head - (head.quiet ? 0 : BELOW_HEAD);
  const draw = (note: boolean) => {
    const size = { width: inner, height: Math.max(40, room - (note ? NOTE : 0)) };
    return drawBody({ ...item, rows: Math.min(item.rows, rowsIn(item.widget, size.height)) }, size);
  };
  let drawn = draw(item.note !== '');
  // Saying that rows are left out takes room, too.
  if (!item.note && rowsNote(drawn.shown, item.context)) drawn = draw(true);
  const note = [rowsNote(drawn.shown, item.context), item.note].filter(Boolean).join(' ');
  return { ...head, alt: drawn.alt, note, body: drawn.body };
}

/** Rows of a table or a list for which there is room. */
function rowsIn({ chart }: Widget, height: number): number {
  if (chart === 'table') return Math.max(1, Math.floor((height - TABLE_HEAD) / TABLE_ROW));
  return chart === 'list' ? Math.max(1, Math.floor(height / LIST_ROW)) : Number.POSITIVE_INFINITY;
}

function longCard(item: Item, width: number): CardView {
  const drawn = drawTable(item, width + CELL_PADDING, false);
  const note = [rowsNote(drawn.shown, item.context), item.note].filter(Boolean).join(' ');
  const { title } = item.widget;
  const head = headOf(item.widget, item.answer, item.context.locale, width - 2 * PADDING);
  return { ...head, title, quiet: false, alt: drawn.alt, note, body: drawn.body };
}

export interface Content {
  readonly widgets: readonly Widget[];
  readonly answers: Readonly<Record<string, Answer>>;
  readonly context: ChartContext;
}

function missing(widget: Widget): Answer {
  return { error: `the server sent no figures for ${widget.title}`, code: 'missing' };
}

/** The blocks of a page or a picture, from top to bottom. */
export function layPage({ widgets, answers, context }: Content, paper: Paper): Block[] {
  const items = widgets.map((widget) => itemOf(widget, answers[widget.id] ?? missing(widget), context, paper));
  const most = paper.height ?? Number.POSITIVE_INFINITY;
  return cardGroups(items).flatMap((group): Block[] => {
    const long = group.filter((item) => isLong(item, paper));
    const rest = group.filter((item) => !long.includes(item));
    if (long.length) for (const item of rest) item.loose = true;
    const bands = layBands(rest, paper.width, most, ({ loose }) => loose);
    return [
      ...bands.map(({ height, places }): Block => {
        const cards = places.map(({ wish, ...place }) => ({ ...place, card: cardIn(wish, place.width, place.height) }));
        return { kind: 'band', height, cards };
      }),
      ...long.map((item): Block => ({ kind: 'long', card: longCard(item, paper.width) })),
    ];
  });
}
