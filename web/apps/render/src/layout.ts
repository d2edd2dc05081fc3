/**
 * Where cards stand. The 12-column grid of the page, cut into bands that no card crosses: a band stays whole on a page. Rows grow where a card needs
 * more than its layout gives it, since paper does not scroll.
 */

import type { Layout } from '@emban/api/contract';
import { COLUMNS, columnsWidth, GAP, ROW, rowsHeight } from './sizes.ts';

export interface Wish {
  readonly layout: Layout;
  /** The least height of its card, px. */
  readonly least: number;
  /** Of no use beyond that height: alone in its rows, the card is no higher. */
  readonly tight?: boolean;
}

/** A card's place in its band, px. */
export interface Place<W extends Wish> {
  readonly wish: W;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Band<W extends Wish> {
  readonly height: number;
  readonly places: readonly Place<W>[];
}

function inReadingOrder<W extends Wish>(wishes: readonly W[]): W[] {
  return [...wishes].sort((a, b) => a.layout.y - b.layout.y || a.layout.x - b.layout.x);
}

/** Cards that stand beside one another, directly or by way of others. */
function groups<W extends Wish>(wishes: readonly W[]): W[][] {
  const found: W[][] = [];
  let bottom = -1;
  for (const wish of inReadingOrder(wishes)) {
    const { y, h } = wish.layout;
    const last = found.at(-1);
    if (last && y < bottom) last.push(wish);
    else found.push([wish]);
    bottom = last && y < bottom ? Math.max(bottom, y + h) : y + h;
  }
  return found;
}

/** Heights of a group's rows, px, with what its cards need beyond their layout. */
function rowHeights<W extends Wish>(group: readonly W[], top: number): number[] {
  const bottom = Math.max(...group.map(({ layout }) => layout.y + layout.h));
  const heights = new Array<number>(bottom - top).fill(ROW);
  const byEnd = [...group].sort((a, b) => a.layout.y + a.layout.h - b.layout.y - b.layout.h);
  for (const { layout, least } of byEnd) {
    const first = layout.y - top;
    const own = heights.slice(first, first + layout.h);
    const missing = least - own.reduce((sum, height) => sum + height + GAP, -GAP);
    if (missing > 0) heights.splice(first, layout.h, ...own.map((height) => height + missing / layout.h));
  }
  return heights;
}

function place<W extends Wish>(group: readonly W[], width: number): Band<W> {
  const [only] = group;
  if (only?.tight && group.length === 1) {
    const { x, w } = only.layout;
    const place = {
      wish: only,
      x: (x * (width + GAP)) / COLUMNS,
      y: 0,
      width: columnsWidth(w, width),
      height: only.least,
    };
    return { height: only.least, places: [place] };
  }
  const top = Math.min(...group.map(({ layout }) => layout.y));
  const heights = rowHeights(group, top);
  const edge = (row: number) => heights.slice(0, row).reduce((sum, height) => sum + height + GAP, 0);
  const places = group.map((wish): Place<W> => {
    const { x, y, w, h } = wish.layout;
    const from = edge(y - top);
    return {
      wish,
      x: (x * (width + GAP)) / COLUMNS,
      y: from,
      width: columnsWidth(w, width),
      height: edge(y - top + h) - from - GAP,
    };
  });
  return { height: edge(heights.length) - GAP, places };
}

/** Cards side by side in as many rows as it takes, each row as wide as the paper: for what a page's end would cut. */
function shelves<W extends Wish>(group: readonly W[], width: number, most: number): Band<W>[] {
  const rows: W[][] = [];
  let used = COLUMNS;
  for (const wish of inReadingOrder(group)) {
    if (used + wish.layout.w > COLUMNS) rows.push([]);
    used = (used + wish.layout.w > COLUMNS ? 0 : used) + wish.layout.w;
    rows.at(-1)?.push(wish);
  }
  return rows.map((row) => {
    const sum = row.reduce((all, { layout }) => all + layout.w, 0);
    const height = Math.min(most, Math.max(...row.map(({ layout, least }) => Math.max(least, rowsHeight(layout.h)))));
    let x = 0;
    const places = row.map((wish): Place<W> => {
      const from = (x * (width + GAP)) / sum;
      x += wish.layout.w;
      return { wish, x: from, y: 0, width: (x * (width + GAP)) / sum - GAP - from, height };
    });
    return { height, places };
  });
}

/** Bands from top to bottom, none higher than `most` px. `loose` are cards whose neighbours have gone: they fill their rows anew. */
export function layBands<W extends Wish>(
  wishes: readonly W[],
  width: number,
  most: number,
  loose: (wish: W) => boolean = () => false,
): Band<W>[] {
  return groups(wishes).flatMap((group) => {
    if (group.some(loose)) return shelves(group, width, most);
    const band = place(group, width);
    return band.height <= most ? [band] : shelves(group, width, most);
  });
}

/** The groups of cards, so that what happens to one of a group can be seen by the others. */
export { groups as cardGroups };
