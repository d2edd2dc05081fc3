import { describe, expect, it } from 'vitest';
import { cardGroups, layBands, type Wish } from './layout.ts';
import { GAP, ROW, rowsHeight } from './sizes.ts';

const WIDTH = 800;
const wish = (x: number, y: number, w: number, h: number, least = 0, tight = false): Wish => ({
  layout: { x, y, w, h },
  least,
  tight,
});

describe('bands', () => {
  it('are cut where no card crosses', () => {
    const all = [wish(6, 0, 6, 2), wish(0, 0, 6, 4), wish(6, 2, 6, 2), wish(0, 4, 12, 3)];
    expect(cardGroups(all).map((group) => group.length)).toEqual([3, 1]);
    const [first, second] = layBands(all, WIDTH, 2000);
    expect(first?.height).toBe(rowsHeight(4));
    expect(first?.places.map(({ x, y, width, height }) => [x, y, width, height])).toEqual([
      [0, 0, 394, rowsHeight(4)],
      [406, 0, 394, rowsHeight(2)],
      [406, 2 * (ROW + GAP), 394, rowsHeight(2)],
    ]);
    expect(second?.places).toMatchObject([{ x: 0, y: 0, width: WIDTH, height: rowsHeight(3) }]);
  });

  it('leave out rows that no card is in', () => {
    expect(layBands([wish(0, 0, 3, 2), wish(0, 900, 3, 2)], WIDTH, 2000).map(({ height }) => height)).toEqual([
      136, 136,
    ]);
  });

  it('grow where a card needs more, and its neighbours with it', () => {
    const [band] = layBands([wish(0, 0, 6, 2, 300), wish(6, 0, 6, 2, 100)], WIDTH, 2000);
    expect(band?.places.map(({ height }) => height)).toEqual([300, 300]);
  });

  it('shrink to a single table', () => {
    expect(layBands([wish(0, 0, 12, 8, 150, true)], WIDTH, 2000)[0]?.height).toBe(150);
    expect(layBands([wish(0, 0, 6, 8, 150, true), wish(6, 0, 6, 8)], WIDTH, 2000)[0]?.height).toBe(rowsHeight(8));
  });

  it('become shelves where a page would cut them, none of them higher than a page', () => {
    const woven = Array.from({ length: 8 }, (_, i) => wish((i % 2) * 6, i * 3, 6, 6));
    const bands = layBands(woven, WIDTH, 900);
    expect(bands).toHaveLength(4);
    for (const { height, places } of bands) {
      expect(height).toBeLessThanOrEqual(900);
      expect(places.map(({ x, width }) => [x, width])).toEqual([
        [0, 394],
        [406, 394],
      ]);
    }
    expect(layBands([wish(0, 0, 4, 100)], WIDTH, 900)[0]).toMatchObject({ height: 900, places: [{ width: WIDTH }] });
  });

  it('are filled anew where neighbours have gone', () => {
    const left = [wish(0, 0, 4, 3), wish(4, 0, 4, 3)];
    const [band] = layBands(left, WIDTH, 900, () => true);
    expect(band?.places.map(({ x, width }) => [x, width])).toEqual([
      [0, 394],
      [406, 394],
    ]);
  });

  it('hold every card once, inside of the paper, on none of the others', () => {
    const all = Array.from({ length: 50 }, (_, i) =>
      wish((i * 5) % 9, Math.floor(i / 2) * 2, 3, 2 + (i % 3), 40 * (i % 7)),
    );
    const bands = layBands(all, WIDTH, 1000);
    expect(bands.flatMap(({ places }) => places.map((place) => place.wish)).sort()).toHaveLength(50);
    for (const { places, height } of bands) {
      for (const { x, y, width, height: own } of places) {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x + width).toBeLessThanOrEqual(WIDTH + 0.01);
        expect(y + own).toBeLessThanOrEqual(height + 0.01);
      }
    }
  });
});
