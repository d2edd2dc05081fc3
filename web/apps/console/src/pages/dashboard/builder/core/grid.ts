/**
 * Boxes on the 12-column grid. `settle` moves one and pushes aside only what it lies upon, straight down and no further than needed; what is not
 * in the way stays where it is, gaps included.
 */

export const COLUMNS = 12;
export const MAX_ROWS = 1000;
export const MAX_HEIGHT = 100;

/** In cells: `x` from the left, `y` from the top. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Placed {
  readonly id: string;
  readonly box: Box;
}

export function overlaps(one: Box, other: Box): boolean {
  const beside = one.x + one.w <= other.x || other.x + other.w <= one.x;
  return !beside && one.y < other.y + other.h && other.y < one.y + one.h;
}

const sameBox = (a: Box, b: Box) => a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h;
const bottom = (box: Box) => box.y + box.h;
const clamp = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));

/** The nearest box that is on the grid. */
export function bounded(box: Box): Box {
  const w = clamp(Math.round(box.w), 1, COLUMNS);
  const h = clamp(Math.round(box.h), 1, MAX_HEIGHT);
  return { w, h, x: clamp(Math.round(box.x), 0, COLUMNS - w), y: clamp(Math.round(box.y), 0, MAX_ROWS) };
}

/** Row by row, from left to right. */
export function readingOrder<T extends Placed>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => a.box.y - b.box.y || a.box.x - b.box.x);
}

/** The highest place at or below its own where a box lies upon none of the others. */
function pushedDown(box: Box, settled: readonly Box[]): Box {
  let next = box;
  for (;;) {
    const below = settled.filter((other) => overlaps(next, other)).map(bottom);
    if (below.length === 0) return next;
    next = { ...next, y: Math.max(...below) };
  }
}

/**
 * All boxes with those of `moved` put where they say. The moved ones stay exactly there; what they lie upon goes down, and so on with what that
 * lies upon. Items that need not move are returned as the same objects.
 */
export function settle(items: readonly Placed[], moved: ReadonlyMap<string, Box>): Placed[] {
  const result = new Map<string, Placed>();
  const settled: Box[] = [];
  const put = (item: Placed, box: Box) => {
    result.set(item.id, sameBox(item.box, box) ? item : { id: item.id, box });
    settled.push(box);
  };
  for (const item of items) {
    const box = moved.get(item.id);
    if (box) put(item, pushedDown(bounded(box), settled));
  }
  for (const item of readingOrder(items.filter(({ id }) => !moved.has(id)))) put(item, pushedDown(item.box, settled));
  return items.map((item) => result.get(item.id) ?? item);
}

/** The first free place for a box of that size, from a row on, reading from the top left. */
export function freePlace(w: number, h: number, taken: readonly Box[], from = 0): Box {
  const rows = [...new Set([from, ...taken.map(bottom).filter((row) => row >= from)])].sort((a, b) => a - b);
  for (const y of rows) {
    for (let x = 0; x + w <= COLUMNS; x += 1) {
      const box = { x, y, w, h };
      if (!taken.some((other) => overlaps(box, other))) return box;
    }
  }
  return { x: 0, y: Math.max(0, ...taken.map(bottom)), w, h };
}

/** Where a copy goes: right beside its source where there is room, else straight below it. */
export function besidePlace(source: Box, size: { readonly w: number; readonly h: number }, taken: readonly Box[]): Box {
  const right = { x: source.x + source.w, y: source.y, ...size };
  if (right.x + right.w <= COLUMNS && !taken.some((other) => overlaps(right, other))) return right;
  return bounded({ x: source.x, y: bottom(source), ...size });
}

/** Places for items in their given order, row after row, where some may have one already. */
export function placeAll(
  items: readonly { readonly id: string; readonly size: { w: number; h: number }; readonly box?: Box }[],
) {
  const taken = items.flatMap(({ box }) => (box ? [box] : []));
  let from = 0;
  return items.map(({ id, size, box }): Placed => {
    if (box) return { id, box };
    const place = freePlaceAfter(size.w, size.h, taken, from);
    taken.push(place);
    from = place.y * COLUMNS + place.x;
    return { id, box: place };
  });
}

/** The first free place that is read after cell number `from`, so that items without a place keep their order. */
function freePlaceAfter(w: number, h: number, taken: readonly Box[], from: number): Box {
  const [firstRow, firstColumn] = [Math.floor(from / COLUMNS), from % COLUMNS];
  for (let y = firstRow; ; y += 1) {
    for (let x = y === firstRow ? firstColumn : 0; x + w <= COLUMNS; x += 1) {
      const box = { x, y, w, h };
      if (!taken.some((other) => overlaps(box, other))) return box;
    }
  }
}
