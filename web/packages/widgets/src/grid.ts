/** Cards on the 12-column grid of a dashboard's layout. Narrow pages stack them in reading order: the style sheet decides when. */

import type { Layout, Widget } from '@emban/api/contract';
import { setVars } from './dom.ts';

type PlacedWidget = { readonly layout: Layout } & Pick<Widget, 'phone'>;

export interface Placed {
  readonly element: HTMLElement;
  readonly widget: PlacedWidget;
}

/** Below this width, in px, cards are one column: the style sheet's number. */
const ONE_COLUMN = 520;

/** Row by row, from left to right: the order in which a dashboard is read, tabbed through and stacked. */
export function readingOrder<T extends { readonly layout: Layout }>(widgets: readonly T[]): T[] {
  return [...widgets].sort((a, b) => a.layout.y - b.layout.y || a.layout.x - b.layout.x);
}

/** The order in one column: those that are given a place, then all others as they are read. */
export function phoneOrder<T extends PlacedWidget>(widgets: readonly T[]): T[] {
  const place = ({ phone }: T) => phone?.order ?? Number.POSITIVE_INFINITY;
  return readingOrder(widgets).sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
}

interface Watched {
  cards: readonly Placed[];
  narrow: boolean;
  observed: boolean;
}

const watched = new WeakMap<HTMLElement, Watched>();

function arrange(grid: HTMLElement, { cards, narrow }: Watched): void {
  const order = narrow ? phoneOrder : readingOrder;
  const sorted = order(cards.map(({ widget, element }) => ({ layout: widget.layout, phone: widget.phone, element })));
  const elements = sorted.map(({ element }) => element);
  const same = elements.length === grid.children.length && elements.every((one, i) => one === grid.children[i]);
  if (!same) grid.replaceChildren(...elements);
}

/** In the document's own order, so that Tab and screen readers go as the eye does. */
function watchWidth(grid: HTMLElement): void {
  new ResizeObserver(([entry]) => {
    const state = watched.get(grid);
    const width = entry?.contentRect.width ?? 0;
    if (!state || width < 1 || state.narrow === width < ONE_COLUMN) return;
    state.narrow = width < ONE_COLUMN;
    arrange(grid, state);
  }).observe(grid);
}

/** Give each card its place and put all into the grid, in reading order; in one column, in the order of phones. */
export function placeCards(grid: HTMLElement, cards: readonly Placed[]): void {
  for (const { element, widget } of cards) {
    const { layout, phone } = widget;
    setVars(element, {
      '--ew-col': layout.x + 1,
      '--ew-cols': layout.w,
      '--ew-row': layout.y + 1,
      '--ew-rows': layout.h,
    });
    element.classList.toggle('ew-half', layout.w <= 4);
    element.classList.toggle('ew-phone-hidden', phone?.hidden === true);
  }
  const state = watched.get(grid) ?? { cards, narrow: false, observed: false };
  state.cards = cards;
  watched.set(grid, state);
  if (!state.observed && cards.some(({ widget }) => typeof widget.phone?.order === 'number')) {
    state.observed = true;
    watchWidth(grid);
  }
  arrange(grid, state);
}
