/** A canvas with an overlay for marks: what time series, bars and donuts have in common. */

import type { ChartOption, LegendItem, Size } from '@emban/charts';
import type { BodyInput, Host } from './body.ts';
import { observeSize } from './body.ts';
import { h } from './dom.ts';
import type { Chart } from './engine.ts';
import { type Explorable, Explorer } from './explore.ts';

/** What one drawing of a chart comes to. */
export interface Picture {
  readonly option: ChartOption;
  readonly explorable: Explorable;
  readonly summary: string;
  readonly legend?: readonly LegendItem[];
}

export type Paint = (input: BodyInput, size: Size, overlay: HTMLElement) => Picture;

export class Plot {
  readonly element: HTMLElement;
  private readonly canvas = h('div', { class: 'ew-canvas' });
  private readonly overlay = h('div', { class: 'ew-overlay', 'aria-hidden': 'true' });
  private readonly surface = h('div', { class: 'ew-surface' });
  private readonly summary = h('p', { class: 'ew-sr' });
  private readonly explorer: Explorer;
  private readonly unobserve: () => void;
  private input: BodyInput | null = null;
  private size: Size | null = null;
  private chart: Chart | null = null;
  private gone = false;

  constructor(
    host: Host,
    title: string,
    private readonly paint: Paint,
    private readonly drawn: (picture: Picture, input: BodyInput) => void = () => undefined,
  ) {
    this.surface.append(this.canvas, this.overlay);
    this.element = h('div', { class: 'ew-plot' }, this.summary, this.surface);
    this.explorer = new Explorer(this.surface, host.tooltip, `${title}: explore values with the arrow keys`);
    this.unobserve = observeSize(this.surface, (width, height) => {
      this.size = { width, height };
      this.redraw();
    });
    void host.engine.then((engine) => {
      if (this.gone) return;
      this.chart = engine(this.canvas);
      this.redraw();
      // A canvas does not draw itself again when its font arrives late.
      if (document.fonts.status !== 'loaded') void document.fonts.ready.then(() => this.redraw());
    });
  }

  update(input: BodyInput): void {
    this.input = input;
    this.redraw();
  }

  private redraw(): void {
    if (!this.input || !this.size || !this.chart) return;
    this.overlay.replaceChildren();
    const picture = this.paint(this.input, this.size, this.overlay);
    this.chart.draw(picture.option, this.size);
    this.summary.textContent = picture.summary;
    this.explorer.set(picture.explorable);
    this.element.dataset.drawn = 'true';
    this.drawn(picture, this.input);
  }

  dispose(): void {
    this.gone = true;
    this.unobserve();
    this.explorer.dispose();
    this.chart?.dispose();
  }
}
