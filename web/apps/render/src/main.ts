/** What the server calls: JSON in, JSON out, through one global. */

import {
  type ChartContext,
  chooseLocale,
  clockOf,
  coveredWindow,
  extendColours,
  formatValue,
  isEmpty,
  isFailed,
  isPeriod,
  isRightToLeft,
  momentName,
  noColours,
  periodName,
  timezoneName,
  type Window,
  windowLabel,
  windowOf,
} from '@emban/charts';
import { type HostTheme, light, luminance, parseColour, type Theme, withHostTheme } from '@emban/theme';
import { drawBody } from './bodies.ts';
import type { Paper, RenderDocument } from './document.ts';
import { type Block, layPage, MOST_ROWS } from './page.ts';

/** The head of a report, in words. */
interface Head {
  readonly title: string;
  readonly locale: string;
  readonly rtl: boolean;
  readonly period: string;
  readonly window: string;
  readonly timezone: string;
  readonly updated: string;
  readonly generated: string;
  /** RFC 3339; the date of the file. */
  readonly made_at: string;
  readonly tenant: string;
  readonly filters: readonly string[];
  /** Said where there is nothing to see, so that an empty report is no broken one. */
  readonly empty: string;
}

export interface Page {
  readonly head: Head;
  readonly theme: Theme;
  readonly blocks: readonly Block[];
}

const MOST_VALUES = 6;

/** The dashboard's colours on light paper; of a dark dashboard only the one that is its own. */
function paperTheme(colours: HostTheme): Theme {
  const background = parseColour(colours.cardBackground ?? '') ?? parseColour(colours.backgroundColor ?? '');
  if (!background || luminance(background) > 0.18) return withHostTheme(light, colours);
  return withHostTheme(light, { primaryColor: colours.primaryColor });
}

function contextOf(document: RenderDocument): ChartContext {
  const now = Date.parse(document.generated_at);
  const locale = chooseLocale(document.locale);
  const window: Window = coveredWindow(Object.values(document.answers)) ?? { from: now, to: now };
  return {
    theme: paperTheme(document.theme),
    locale,
    rtl: isRightToLeft(locale),
    timezone: document.timezone,
    window,
    now,
    period: document.period,
    colours: extendColours(noColours, document.widgets, document.answers),
  };
}

function filterWords(document: RenderDocument, locale: string): string[] {
  const chosen = document.filters.map(({ name, values }) => {
    const more = values.length - MOST_VALUES;
    const rest = more > 0 ? ` and ${formatValue(more, undefined, locale)} more` : '';
    return `${name}: ${values.slice(0, MOST_VALUES).join(', ')}${rest}`;
  });
  const limits = document.ranges.map(({ name, min, max }) => {
    const number = (value: number) => formatValue(value, undefined, locale);
    if (max === null) return `${name}: from ${number(min ?? 0)}`;
    return min === null ? `${name}: up to ${number(max)}` : `${name}: ${number(min)} to ${number(max)}`;
  });
  return [...chosen, ...limits];
}

/** Whether no widget has a figure. Failures are no news about the figures. */
function emptyWords({ widgets, answers }: RenderDocument): string {
  if (widgets.length === 0) return 'This dashboard has no widgets.';
  const nothing = widgets.every((widget) => {
    const answer = answers[widget.id];
    if (!answer || isFailed(answer)) return false;
    if (isEmpty(widget, answer)) return true;
    return 'points' in answer && answer.points.every(({ value }) => value === null || value === 0);
  });
  return nothing ? 'There is nothing in this period.' : '';
}

function headOf(document: RenderDocument, context: ChartContext): Head {
  const { locale, timezone, window, now, period } = context;
  const clock = clockOf(timezone, window);
  const answered = coveredWindow(Object.values(document.answers)) !== null;
  const offset = Math.round((clock(window.to) - window.to) / 60_000);
  // Always with its date: a report is read on another day.
  const moment = (instant: number) => momentName(clock(instant), Number.POSITIVE_INFINITY, locale);
  return {
    title: document.name,
    locale,
    rtl: context.rtl === true,
    period: period !== null && isPeriod(period) ? periodName(period, locale) : '',
    window: answered ? windowLabel(window, context) : '',
    timezone: timezoneName(timezone, offset),
    updated: document.as_of ? `Figures as of ${moment(Date.parse(document.as_of))}` : '',
    generated: `Generated ${moment(now)}`,
    made_at: document.generated_at,
    tenant: document.tenant ?? '',
    filters: filterWords(document, locale),
    empty: emptyWords(document),
  };
}

function page(document: RenderDocument, paper: Paper): Page {
  const context = contextOf(document);
  return { head: headOf(document, context), theme: context.theme, blocks: layPage({ ...document, context }, paper) };
}

interface ChartOrder {
  readonly draw: 'chart';
  readonly widget: string;
  readonly width: number;
  readonly height: number;
  /** The picture alone, without what explains its colours. */
  readonly bare: boolean;
}

type Order = { readonly draw: 'page'; readonly paper: Paper } | ChartOrder;

/** The body of one widget alone, drawn into so much room. */
function chart(document: RenderDocument, { widget: id, width, height, bare }: ChartOrder) {
  const widget = document.widgets.find((one) => one.id === id);
  const answer = document.answers[id];
  if (!widget || !answer) throw new RangeError('the document has no such widget');
  const base = contextOf(document);
  const context = { ...base, window: windowOf(answer) ?? base.window };
  const { body, alt } = drawBody({ widget, answer, context, rows: MOST_ROWS, bare }, { width, height });
  return { head: headOf(document, base), theme: context.theme, card: { body, alt } };
}

/** Not of XML, not of a PDF, and no sight: a name that holds one of them must not keep a report from being made. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\ufffe\uffff]+/gu;

function clean(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(UNPRINTABLE, ' ');
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, clean(one)]));
}

function draw(ordered: string, text: string): string {
  const order: Order = JSON.parse(ordered);
  const document = clean(JSON.parse(text)) as RenderDocument;
  return JSON.stringify(order.draw === 'page' ? page(document, order.paper) : chart(document, order));
}

declare global {
  var embanDraw: typeof draw | undefined;
}

globalThis.embanDraw = draw;
