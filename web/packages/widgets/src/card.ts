/** A widget as a card: title, picture or table, and whatever state it is in. */

import type { Answer, ChartType, PointsAnswer, TableAnswer, Widget, WidgetKind } from '@emban/api/contract';
import {
  besideTitle,
  breakdownTable,
  breakdownView,
  type ChartContext,
  errorNote,
  isEmpty,
  isFailed,
  kpiTable,
  metaOf,
  omissionNote,
  type TableView,
  tableView,
  timeseriesTable,
  timeseriesView,
  windowOf,
} from '@emban/charts';
import type { Body, BodyInput, Host } from './body.ts';
import { barsBody, donutBody, listBody } from './breakdown-body.ts';
import { h, icon, uniqueId } from './dom.ts';
import { kpiBody } from './kpi-body.ts';
import { emptyState, failedState, skeleton } from './states.ts';
import { TableBody } from './table-body.ts';
import { timeseriesBody } from './timeseries-body.ts';

type Mode = 'skeleton' | 'failed' | 'empty' | 'table' | 'chart';

/** Any size will do: figures for a table do not depend on it. */
const NOMINAL = { width: 600, height: 300 };

const TABLES: Readonly<Record<WidgetKind, (input: BodyInput) => TableView>> = {
  kpi: ({ widget, answer, context }) => kpiTable(widget, answer as PointsAnswer, context),
  timeseries: ({ widget, answer, context }) => {
    const view = timeseriesView({ widget, answer: answer as PointsAnswer, context, size: NOMINAL });
    return timeseriesTable(view, context);
  },
  breakdown: ({ widget, answer, context }) => {
    return breakdownTable(breakdownView(widget, answer as PointsAnswer, context), widget, context);
  },
  table: ({ widget, answer, context }) => tableView(answer as TableAnswer, context, widget),
};

function tableBody(title: string): Body {
  const table = new TableBody(title);
  return {
    element: table.element,
    update: (input) => table.update(TABLES[input.widget.kind](input)),
    dispose: () => undefined,
  };
}

const BODIES: Readonly<Record<ChartType, (host: Host, title: string) => Body>> = {
  stat: kpiBody,
  progress: kpiBody,
  line: timeseriesBody,
  area: timeseriesBody,
  bar: timeseriesBody,
  stacked_bar: timeseriesBody,
  list: listBody,
  horizontal_bar: barsBody,
  donut: donutBody,
  table: (_host, title) => tableBody(title),
};

function chartBody(widget: Widget, host: Host): Body {
  const body = BODIES[widget.chart];
  // A chart of a newer server: to draw it as another one would be a wrong picture.
  if (!body) throw new RangeError(`unknown chart: ${widget.chart}`);
  return body(host, widget.title);
}

function still(element: HTMLElement): Body {
  return { element, update: () => undefined, dispose: () => undefined };
}

export class Card {
  readonly element: HTMLElement;
  private readonly content = h('div', { class: 'ew-content' });
  private readonly note = h('p', { class: 'ew-note', hidden: true });
  private readonly title: HTMLElement;
  private readonly beside = h('span', { class: 'ew-unit' });
  private readonly toggleButton: HTMLButtonElement;
  private readonly downloads = h('span', { class: 'ew-tools', hidden: true });
  private body: Body | null = null;
  private mode: Mode | null = null;
  private asTable = false;
  private answer: Answer | null = null;
  private context: ChartContext | null = null;
  private readonly hidden = new Set<string>();

  constructor(
    readonly widget: Widget,
    private readonly host: Host,
  ) {
    const id = uniqueId('ew-title');
    this.toggleButton = h('button', { type: 'button', class: 'ew-tool', hidden: true, onclick: () => this.flip() });
    this.offerDownload();
    this.title = h('h2', { class: 'ew-title', id }, widget.title);
    const tools = [this.downloads, this.toggleButton];
    const head = h('header', { class: 'ew-head' }, this.title, this.beside, ...tools);
    const attributes = {
      class: `ew-card ew-${widget.kind}`,
      'aria-labelledby': id,
      'aria-busy': 'true',
      'data-widget': widget.id,
    };
    this.element = h('section', attributes, head, this.content, this.note);
    this.labelToggle();
    this.render();
  }

  /** Mark as waiting for an answer. What is already there stays, dimmed. */
  setLoading(): void {
    this.element.setAttribute('aria-busy', 'true');
  }

  /** Nothing is on its way any more. */
  setIdle(): void {
    this.element.setAttribute('aria-busy', 'false');
  }

  /** Show an answer. A failure does not push good figures off the screen: `stale` says so beside them. */
  setAnswer(answer: Answer, context: ChartContext): void {
    const keepOld = isFailed(answer) && this.answer !== null && !isFailed(this.answer);
    this.element.setAttribute('aria-busy', 'false');
    this.element.classList.toggle('ew-stale', keepOld);
    if (!keepOld) {
      this.answer = answer;
      this.context = { ...context, window: windowOf(answer) ?? context.window };
    }
    this.render();
    if (keepOld) this.showNote('Could not be refreshed; these are the last figures.');
  }

  /** Draw again with other colours; the figures stay. */
  setContext(change: (context: ChartContext) => ChartContext): void {
    if (!this.context) return;
    this.context = { ...change(this.context), window: this.context.window };
    this.render();
  }

  /** What the figures on the card were drawn with; null before there are any. */
  get drawnWith(): ChartContext | null {
    return this.context;
  }

  /** Offer downloads anew: what a viewer may do can change. */
  offerDownload(): void {
    const offered = this.host.download?.(this.widget);
    this.downloads.replaceChildren(...(offered ? [offered] : []));
    if (!offered) this.downloads.hidden = true;
  }

  dispose(): void {
    this.body?.dispose();
  }

  private flip(): void {
    this.asTable = !this.asTable;
    this.labelToggle();
    this.render();
  }

  private labelToggle(): void {
    const label = this.asTable ? 'Show as chart' : 'Show as table';
    this.toggleButton.replaceChildren(icon(this.asTable ? 'chart' : 'table'));
    this.toggleButton.setAttribute('aria-label', `${label}: ${this.widget.title}`);
    this.toggleButton.title = label;
  }

  private showNote(text: string): void {
    this.note.textContent = text;
    this.note.hidden = text === '';
  }

  private describe(): void {
    const { widget, answer, context } = this;
    const error = answer && context ? errorNote(metaOf(answer), context.locale) : '';
    this.title.title = [widget.description || widget.title, error].filter(Boolean).join('. ');
    this.beside.textContent = besideTitle(widget, answer, context?.locale);
    this.beside.hidden = this.beside.textContent === '';
  }

  private nextMode(): Mode {
    if (!this.answer) return 'skeleton';
    if (isFailed(this.answer)) return 'failed';
    if (isEmpty(this.widget, this.answer)) return 'empty';
    return this.asTable ? 'table' : 'chart';
  }

  private build(mode: Mode): Body {
    const { widget, host, answer } = this;
    if (mode === 'skeleton') return still(skeleton(widget));
    if (mode === 'empty') return still(emptyState());
    if (mode === 'failed' && answer && isFailed(answer)) return still(failedState(answer, () => host.retry(widget)));
    return mode === 'table' ? tableBody(widget.title) : chartBody(widget, host);
  }

  private render(): void {
    const mode = this.nextMode();
    if (mode !== this.mode || mode === 'failed') {
      this.body?.dispose();
      this.body = this.build(mode);
      this.mode = mode;
      this.content.replaceChildren(this.body.element);
    }
    const drawn = mode === 'chart' || mode === 'table';
    this.toggleButton.hidden = !drawn || this.widget.kind === 'kpi' || this.widget.kind === 'table';
    this.downloads.hidden = !drawn || this.widget.kind === 'kpi' || this.downloads.childElementCount === 0;
    this.describe();
    this.showNote('');
    if (!drawn || !this.answer || !this.context) return;
    this.body?.update(this.input(this.answer, this.context));
    this.showNote(omissionNote(this.widget, this.answer, this.context));
  }

  private input(answer: Answer, context: ChartContext): BodyInput {
    return { widget: this.widget, answer, context, hidden: this.hidden, toggle: (key) => this.toggleSeries(key) };
  }

  private toggleSeries(key: string): void {
    if (!this.hidden.delete(key)) this.hidden.add(key);
    this.render();
  }
}
