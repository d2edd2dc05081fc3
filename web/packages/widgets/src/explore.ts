/**
 * Finding points in a chart with a pointer, a finger or a keyboard. The chart is a slider to assistive technology: arrow keys move from point
 * to point, up and down from series to series, and what is found is read out as the slider's value.
 */

import { type Tooltip, tooltipSentence } from '@emban/charts';
import type { TooltipBox } from './tooltip-box.ts';

export interface Explorable {
  readonly count: number;
  /** Points run from right to left. */
  readonly rtl?: boolean;
  /** Index of the point at a place in the chart (px), or -1. */
  indexAt(x: number, y: number): number;
  /** Which of a point's several series is nearest to a height (px), or -1. */
  seriesAt?(index: number, y: number): number;
  tooltip(index: number): Tooltip;
  /** Where the tooltip points to, px in the chart, and how much beside it must not be covered. */
  anchor(index: number): { readonly x: number; readonly y: number; readonly clear?: number };
  /** Highlight a point; -1 for none. */
  mark(index: number): void;
  /** What looking closer at a point does, by click or Enter; null where there is nothing behind it. `at` is the series looked at, or -1. */
  opener?(index: number, at: number): (() => void) | null;
}

type Step = (at: number, count: number) => number;

const STEPS: Record<string, Step> = {
  ArrowRight: (at) => at + 1,
  ArrowLeft: (at) => at - 1,
  PageDown: (at) => at + 5,
  PageUp: (at) => at - 5,
  Home: () => 0,
  End: (_, count) => count - 1,
};
/** Up and down go through the series of a point; where it has one alone, they are left and right once more. */
const LANES: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
const MIRRORED: Record<string, string> = { ArrowRight: 'ArrowLeft', ArrowLeft: 'ArrowRight' };

export class Explorer {
  private target: Explorable | null = null;
  private index = -1;
  /** The series that is looked at, by its index among the drawn ones; -1 for all of them. */
  private series = -1;

  constructor(
    private readonly element: HTMLElement,
    private readonly box: TooltipBox,
    label: string,
  ) {
    element.tabIndex = 0;
    element.setAttribute('role', 'slider');
    element.setAttribute('aria-label', label);
    element.setAttribute('aria-orientation', 'horizontal');
    element.addEventListener('pointermove', (event) => this.point(event));
    element.addEventListener('pointerdown', (event) => this.point(event));
    element.addEventListener('pointerleave', () => this.leave());
    element.addEventListener('blur', () => this.leave());
    element.addEventListener('keydown', (event) => this.key(event));
    element.addEventListener('click', () => this.opener()?.());
  }

  /** Explore a new drawing. The point under the pointer or the keyboard stays where it is if it still exists. */
  set(target: Explorable): void {
    this.target = target;
    const last = target.count - 1;
    this.element.setAttribute('aria-valuemin', '1');
    this.element.setAttribute('aria-valuemax', String(Math.max(1, target.count)));
    if (this.index > last) this.index = -1;
    this.describe(Math.max(0, this.index >= 0 ? this.index : last));
    if (this.index >= 0) this.show(this.index);
  }

  private describe(index: number): void {
    if (!this.target || this.target.count === 0) return;
    this.element.setAttribute('aria-valuenow', String(index + 1));
    this.element.setAttribute('aria-valuetext', tooltipSentence(this.target.tooltip(index), this.series));
  }

  private point(event: PointerEvent): void {
    const { target } = this;
    if (!target) return;
    const bounds = this.element.getBoundingClientRect();
    const y = event.clientY - bounds.top;
    const index = target.indexAt(event.clientX - bounds.left, y);
    if (index < 0) {
      this.leave();
      return;
    }
    this.series = target.seriesAt?.(index, y) ?? -1;
    this.show(index);
  }

  private key(event: KeyboardEvent): void {
    const { target } = this;
    if (!target || target.count === 0) return;
    if (event.key === 'Escape') this.leave();
    if (event.key === 'Enter') {
      // The same stroke must not press what the focus moves to.
      event.preventDefault();
      this.opener()?.();
    }
    const lanes = LANES[event.key];
    if (!lanes && !STEPS[event.key]) return;
    event.preventDefault();
    if (lanes) this.changeSeries(lanes, target);
    else this.step((target.rtl && MIRRORED[event.key]) || event.key, target);
  }

  private step(key: string, target: Explorable): void {
    const from = this.index < 0 ? (key === 'ArrowRight' ? -1 : target.count) : this.index;
    const to = (STEPS[key] as Step)(from, target.count);
    this.show(Math.min(target.count - 1, Math.max(0, to)));
  }

  private changeSeries(by: number, target: Explorable): void {
    const index = this.index < 0 ? target.count - 1 : this.index;
    const series = target.tooltip(index).rows.flatMap(({ at }) => (at === undefined ? [] : [at]));
    if (series.length < 2) {
      this.step(by > 0 ? 'ArrowRight' : 'ArrowLeft', target);
      return;
    }
    const place = series.indexOf(this.series) + (by < 0 && !series.includes(this.series) ? 0 : by);
    this.series = series[(place + series.length) % series.length] ?? -1;
    this.show(index);
  }

  private show(index: number): void {
    const { target } = this;
    if (!target) return;
    this.index = index;
    target.mark(index);
    this.describe(index);
    const bounds = this.element.getBoundingClientRect();
    const anchor = target.anchor(index);
    const place = { x: bounds.left + anchor.x, y: bounds.top + anchor.y, clear: anchor.clear ?? 0 };
    this.box.show(target.tooltip(index), place, this.series);
    this.element.classList.toggle('ew-opens', this.opener() !== null);
  }

  private leave(): void {
    if (this.index < 0) return;
    this.index = -1;
    this.series = -1;
    this.target?.mark(-1);
    this.box.hide();
  }

  private opener(): (() => void) | null {
    return (this.index >= 0 && this.target?.opener?.(this.index, this.series)) || null;
  }

  dispose(): void {
    this.leave();
    this.target = null;
  }
}
