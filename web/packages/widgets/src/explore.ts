/**
 * Finding points in a chart with a pointer, a finger or a keyboard. The chart is a slider to assistive technology: arrow keys move from point
 * to point and each one is read out as the slider's value.
 */

import { type Tooltip, tooltipSentence } from '@emban/charts';
import type { TooltipBox } from './tooltip-box.ts';

export interface Explorable {
  readonly count: number;
  /** Index of the point at a place in the chart (px), or -1. */
  indexAt(x: number, y: number): number;
  tooltip(index: number): Tooltip;
  /** Where the tooltip points to, px in the chart, and how much beside it must not be covered. */
  anchor(index: number): { readonly x: number; readonly y: number; readonly clear?: number };
  /** Highlight a point; -1 for none. */
  mark(index: number): void;
  /** Look closer at a point: click or Enter. */
  open?: ((index: number) => void) | undefined;
}

const STEPS: Record<string, (at: number, count: number) => number> = {
  ArrowRight: (at) => at + 1,
  ArrowDown: (at) => at + 1,
  ArrowLeft: (at) => at - 1,
  ArrowUp: (at) => at - 1,
  PageDown: (at) => at + 5,
  PageUp: (at) => at - 5,
  Home: () => 0,
  End: (_, count) => count - 1,
};

export class Explorer {
  private target: Explorable | null = null;
  private index = -1;

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
    element.addEventListener('click', () => this.openCurrent());
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
    this.element.setAttribute('aria-valuetext', tooltipSentence(this.target.tooltip(index)));
  }

  private point(event: PointerEvent): void {
    if (!this.target) return;
    const bounds = this.element.getBoundingClientRect();
    const index = this.target.indexAt(event.clientX - bounds.left, event.clientY - bounds.top);
    if (index < 0) this.leave();
    else this.show(index);
  }

  private key(event: KeyboardEvent): void {
    const { target } = this;
    if (!target || target.count === 0) return;
    if (event.key === 'Escape') this.leave();
    if (event.key === 'Enter') this.openCurrent();
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const from = this.index < 0 ? (event.key === 'ArrowRight' ? -1 : target.count) : this.index;
    this.show(Math.min(target.count - 1, Math.max(0, step(from, target.count))));
  }

  private show(index: number): void {
    const { target } = this;
    if (!target) return;
    this.index = index;
    target.mark(index);
    this.describe(index);
    const bounds = this.element.getBoundingClientRect();
    const anchor = target.anchor(index);
    this.box.show(target.tooltip(index), bounds.left + anchor.x, bounds.top + anchor.y, anchor.clear ?? 0);
  }

  private leave(): void {
    if (this.index < 0) return;
    this.index = -1;
    this.target?.mark(-1);
    this.box.hide();
  }

  private openCurrent(): void {
    if (this.index >= 0) this.target?.open?.(this.index);
  }

  dispose(): void {
    this.leave();
    this.target = null;
  }
}
