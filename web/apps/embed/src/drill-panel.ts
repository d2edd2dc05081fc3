/** The events behind a slice of a widget, in a dialog over the page. */

import type { DrillAnswer, Widget } from '@emban/api/contract';
import { type ChartContext, formatValue, humanise, tableView, valueName, type Window, windowOf } from '@emban/charts';
import { h, icon, nameClass, nameText, setVars, TableBody, uniqueId } from '@emban/widgets';
import { problemOf } from './problem.ts';

export interface Drilled {
  readonly widget: Widget;
  readonly dimension: string;
  readonly value: string;
  readonly window: Window;
  /** How the window reads. */
  readonly when: string;
}

const MARGIN = 12;

export class DrillPanel {
  readonly element: HTMLDialogElement;
  private readonly title = h('h2', { class: 'eb-drill-title', id: uniqueId('eb-drill') });
  private readonly about = h('p', { class: 'eb-drill-about' });
  private readonly content = h('div', { class: 'eb-drill-content' });
  private loading: AbortController | null = null;

  constructor() {
    const label = 'Close';
    const close = { type: 'button', class: 'ew-tool', 'aria-label': label, title: label } as const;
    this.element = h(
      'dialog',
      { class: 'eb-drill', 'aria-labelledby': this.title.id },
      h(
        'header',
        { class: 'eb-drill-head' },
        this.title,
        h('button', { ...close, onclick: () => this.close() }, icon('close')),
      ),
      this.about,
      this.content,
    );
    this.element.addEventListener('close', () => {
      this.loading?.abort();
      this.content.replaceChildren();
    });
    // A click on the backdrop is a click on the dialog itself.
    this.element.addEventListener('click', (event) => event.target === this.element && this.close());
  }

  /** Open over the place that was clicked and show what `load` brings. */
  async open(
    drilled: Drilled,
    context: ChartContext,
    load: (signal: AbortSignal) => Promise<DrillAnswer>,
  ): Promise<void> {
    this.loading?.abort();
    const abort = new AbortController();
    this.loading = abort;
    this.describe(drilled);
    this.content.setAttribute('aria-busy', 'true');
    this.content.replaceChildren(h('p', { class: 'eb-drill-note', role: 'status' }, 'Loading the events…'));
    this.show(document.querySelector(`[data-widget="${CSS.escape(drilled.widget.id)}"]`));
    try {
      const answer = await load(abort.signal);
      if (!abort.signal.aborted) this.fill(drilled, answer, context);
    } catch (error) {
      if (abort.signal.aborted) return;
      const { title, text } = problemOf(error);
      this.content.replaceChildren(h('p', { class: 'eb-drill-note', role: 'alert' }, `${title}. ${text}`));
    } finally {
      if (!abort.signal.aborted) this.content.setAttribute('aria-busy', 'false');
    }
  }

  close(): void {
    this.element.close();
  }

  private describe({ widget, dimension, value, when }: Drilled): void {
    const name = valueName(value);
    this.title.replaceChildren(
      `${humanise(dimension)}: `,
      h('bdi', { class: nameClass('', name) }, ...nameText(name.text, name)),
    );
    this.about.replaceChildren(h('bdi', {}, widget.title), ` · ${when}`);
  }

  private fill(drilled: Drilled, answer: DrillAnswer, context: ChartContext): void {
    const count = formatValue(answer.rows.length, undefined, context.locale);
    if (answer.rows.length === 0) {
      this.content.replaceChildren(h('p', { class: 'eb-drill-note', role: 'status' }, 'No events here.'));
      return;
    }
    const said = answer.truncated
      ? `The newest ${count} events.`
      : answer.rows.length === 1
        ? '1 event.'
        : `${count} events.`;
    const table = new TableBody(`Events behind ${valueName(drilled.value).spoken}`);
    table.update(tableView(answer, { ...context, window: windowOf(answer) ?? drilled.window }));
    this.content.replaceChildren(h('p', { class: 'eb-drill-note', role: 'status' }, said), table.element);
  }

  /**
   * A frame is as high as its content, so the middle of it may be far out of sight: the dialog stands where the widget is, as far as
   * it fits into the frame.
   */
  private show(origin: Element | null): void {
    if (!this.element.open) this.element.showModal();
    const { height } = this.element.getBoundingClientRect();
    const room = document.documentElement.clientHeight;
    const wanted = origin?.getBoundingClientRect().top ?? MARGIN;
    const top = Math.max(MARGIN, Math.min(wanted, room - height - MARGIN));
    setVars(this.element, { '--eb-top': `${Math.round(top)}px` });
  }
}
