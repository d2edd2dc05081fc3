/** A card that follows its widget: drawn again when something that it shows is different, and not otherwise. */

import type { Answer, Widget } from '@emban/api/contract';
import { type ChartContext, isFailed, windowOf } from '@emban/charts';
import { Card, type Engine, type Host, h, TooltipBox } from '@emban/widgets';

/** What all cards of a page are drawn with. */
export type Base = Omit<ChartContext, 'colours' | 'window'>;

export interface Shown {
  readonly widget: Widget;
  readonly answer: Answer | null;
  readonly waiting: boolean;
  /** Tells answers to other questions apart from failures to refresh the same one. */
  readonly question: string;
}

let engine: Promise<Engine> | null = null;

export function loadEngine(): Promise<Engine> {
  engine ??= import('@emban/widgets/echarts').then(({ createChart }) => createChart);
  return engine;
}

let tooltip: TooltipBox | null = null;

/** The page's tooltip, of which there is one. */
export function sharedTooltip(): TooltipBox {
  tooltip ??= new TooltipBox(document.body);
  return tooltip;
}

export const hostOf = (retry: (id: string) => void): Host => ({
  engine: loadEngine(),
  tooltip: sharedTooltip(),
  retry: (widget) => retry(widget.id),
});

/** The colours that a widget may use, as a text: others may change without its being drawn again. */
function colourKey(widget: Widget, colours: ChartContext['colours']): string {
  const names = widget.query?.group_by ?? [];
  const wanted = [...colours].filter(
    ([dimension]) => names.length > 0 && names.some((name) => dimension.includes(name)),
  );
  return JSON.stringify(wanted.map(([dimension, values]) => [dimension, [...values]]));
}

export class LiveCard {
  /** Stays the same for as long as the card lives. */
  readonly element = h('div', { class: 'live-card' });
  private card: Card | null = null;
  private last: Shown | null = null;
  private base: Base | null = null;
  private colours = '';
  private answered: string | null = null;

  constructor(
    private readonly host: Host,
    /** Puts the card itself into place, where no box around it is wanted. */
    private readonly placed: (card: HTMLElement) => void = (card) => this.element.replaceChildren(card),
  ) {}

  show(shown: Shown, base: Base, colours: ChartContext['colours']): void {
    const key = colourKey(shown.widget, colours);
    const { last } = this;
    const repainted = base !== this.base || key !== this.colours;
    const news = !last || last.answer !== shown.answer || last.waiting !== shown.waiting;
    if (!repainted && !news && last.widget === shown.widget) return;
    this.last = shown;
    this.base = base;
    this.colours = key;
    try {
      this.draw(shown, base, colours, news || repainted);
    } catch (error) {
      this.broken(shown.widget, error);
    }
  }

  dispose(): void {
    this.card?.dispose();
    this.card = null;
  }

  private draw(shown: Shown, base: Base, colours: ChartContext['colours'], figures: boolean): void {
    const { widget, answer, waiting, question } = shown;
    if (!this.card) {
      this.card = new Card(widget, this.host);
      this.placed(this.card.element);
    } else {
      this.card.update(widget);
    }
    if (!figures) return;
    if (answer) {
      if (isFailed(answer) && question !== this.answered) this.card.clear();
      this.answered = question;
      const window = windowOf(answer) ?? { from: 0, to: base.now };
      this.card.setAnswer(answer, { ...base, colours, window });
    }
    if (waiting) this.card.setLoading();
    else this.card.setIdle();
  }

  /** A widget that cannot be drawn says so in its own place; the others go on. */
  private broken(widget: Widget, error: unknown): void {
    this.dispose();
    this.answered = null;
    const why = error instanceof Error ? error.message : String(error);
    const words = h('p', { class: 'ew-state-title' }, 'This widget cannot be drawn');
    const state = h('div', { class: 'ew-state' }, words, h('p', {}, why));
    const title = h('h2', { class: 'ew-title' }, widget.title);
    this.placed(h('section', { class: 'ew-card', 'data-widget': widget.id }, title, state));
  }
}
