/** Cards on the 12-column grid of a dashboard's layout. Narrow pages stack them in reading order: the style sheet decides when. */

import type { Layout } from '@emban/api/contract';
import { setVars } from './dom.ts';

export interface Placed {
  readonly element: HTMLElement;
  readonly widget: { readonly layout: Layout };
}

/** Row by row, from left to right: the order in which a dashboard is read, tabbed through and stacked. */
export function readingOrder<T extends { readonly layout: Layout }>(widgets: readonly T[]): T[] {
  return [...widgets].sort((a, b) => a.layout.y - b.layout.y || a.layout.x - b.layout.x);
}

/** Give each card its place and put all into the grid, in reading order. */
export function placeCards(grid: HTMLElement, cards: readonly Placed[]): void {
  const order = readingOrder(cards.map(({ widget, element }) => ({ layout: widget.layout, element })));
  for (const { element, layout } of order) {
    setVars(element, {
      '--ew-col': layout.x + 1,
      '--ew-cols': layout.w,
      '--ew-row': layout.y + 1,
      '--ew-rows': layout.h,
    });
    element.classList.toggle('ew-half', layout.w <= 4);
  }
  grid.replaceChildren(...order.map(({ element }) => element));
}
