/** What a card can have inside, and what it is given. */

import type { Answer, Widget } from '@emban/api/contract';
import type { ChartContext, Slice } from '@emban/charts';
import type { Engine } from './engine.ts';
import type { TooltipBox } from './tooltip-box.ts';

/** The page around the cards. */
export interface Host {
  readonly engine: Promise<Engine>;
  readonly tooltip: TooltipBox;
  /** Ask for this widget's answer again. */
  retry(widget: Widget): void;
  /** What shows the rows behind a slice; null where the viewer may not see them, absent where nobody may. */
  readonly driller?: ((widget: Widget, slice: Slice) => (() => void) | null) | undefined;
  /** What downloads a widget's figures as a file; null where the viewer may not, absent where there is no such file. */
  readonly download?: ((widget: Widget) => HTMLElement | null) | undefined;
}

export interface BodyInput {
  readonly widget: Widget;
  readonly answer: Answer;
  readonly context: ChartContext;
  readonly hidden: ReadonlySet<string>;
  /** Switch a series off or on again. */
  toggle(key: string): void;
}

export interface Body {
  readonly element: HTMLElement;
  update(input: BodyInput): void;
  dispose(): void;
}

/** Calls `resized` with the inner size of an element whenever it has one and it has changed. */
export function observeSize(element: HTMLElement, resized: (width: number, height: number) => void): () => void {
  let last = '';
  const observer = new ResizeObserver(([entry]) => {
    const { width = 0, height = 0 } = entry?.contentRect ?? {};
    const size = `${Math.floor(width)}×${Math.floor(height)}`;
    if (size === last || width < 1 || height < 1) return;
    last = size;
    resized(Math.floor(width), Math.floor(height));
  });
  observer.observe(element);
  return () => observer.disconnect();
}
