import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Box, besidePlace, COLUMNS, freePlace, overlaps, placeAll, readingOrder, settle } from './grid.ts';

const anyBox: fc.Arbitrary<Box> = fc
  .record({
    x: fc.nat({ max: 11 }),
    y: fc.nat({ max: 30 }),
    w: fc.integer({ min: 1, max: 12 }),
    h: fc.integer({ min: 1, max: 6 }),
  })
  .map((box) => ({ ...box, x: Math.min(box.x, COLUMNS - box.w) }));

/** Boxes of which none lies upon another. */
const anyLayout = fc.array(anyBox, { minLength: 1, maxLength: 25 }).map((boxes) =>
  settle(
    boxes.map((box, n) => ({ id: `${n}`, box })),
    new Map(),
  ),
);

const clashes = (boxes: readonly Box[]) =>
  boxes.some((one, n) => boxes.slice(n + 1).some((other) => overlaps(one, other)));

describe('settling', () => {
  it('leaves no two boxes upon each other, and the moved one where it was put', () => {
    fc.assert(
      fc.property(anyLayout, fc.nat(), anyBox, (items, which, box) => {
        const id = items[which % items.length]?.id ?? '';
        const after = settle(items, new Map([[id, box]]));
        expect(clashes(after.map((item) => item.box))).toBe(false);
        expect(after.find((item) => item.id === id)?.box).toEqual(box);
        expect(after.map((item) => item.id)).toEqual(items.map((item) => item.id));
      }),
    );
  });

  it('moves nothing but what must move, straight down', () => {
    fc.assert(
      fc.property(anyLayout, fc.nat(), anyBox, (items, which, box) => {
        const id = items[which % items.length]?.id ?? '';
        for (const [n, item] of settle(items, new Map([[id, box]])).entries()) {
          const before = items[n]?.box as Box;
          if (item.id === id) continue;
          expect(item.box).toEqual({ ...before, y: item.box.y });
          expect(item.box.y).toBeGreaterThanOrEqual(before.y);
          // Pushed by something that it touches now, or not at all.
          const others = settle(items, new Map([[id, box]])).filter((other) => other.id !== item.id);
          const touches = others.some((other) => overlaps({ ...item.box, y: item.box.y - 1 }, other.box));
          expect(item.box.y === before.y ? item === items[n] : touches).toBe(true);
        }
      }),
    );
  });

  it('changes nothing where nothing is moved', () => {
    fc.assert(
      fc.property(anyLayout, (items) => {
        expect(settle(items, new Map())).toEqual(items);
      }),
    );
  });
});

it('keeps the order of 40 widgets without a place', () => {
  const sizes = Array.from({ length: 40 }, (_, n) => ({
    id: `${n}`,
    size: { w: [3, 6, 12, 4][n % 4] as number, h: 2 + (n % 3) },
  }));
  const placed = placeAll(sizes);
  expect(readingOrder(placed).map(({ id }) => id)).toEqual(sizes.map(({ id }) => id));
  expect(clashes(placed.map(({ box }) => box))).toBe(false);
});

it('finds a place beside or below a source, and the first free one else', () => {
  const source = { x: 0, y: 0, w: 4, h: 2 };
  expect(besidePlace(source, { w: 4, h: 2 }, [source])).toEqual({ x: 4, y: 0, w: 4, h: 2 });
  expect(besidePlace(source, { w: 9, h: 2 }, [source])).toEqual({ x: 0, y: 2, w: 9, h: 2 });
  expect(freePlace(8, 2, [source])).toEqual({ x: 4, y: 0, w: 8, h: 2 });
  expect(freePlace(9, 2, [source])).toEqual({ x: 0, y: 2, w: 9, h: 2 });
});
