import type { PointsAnswer, Widget } from '@emban/api/contract';
import { light } from '@emban/theme';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ColourBook, coloursOf, extendColours, noColours } from './colours.ts';
import { toMatrix } from './series.ts';

const donut = (property: string): Widget => ({
  ...{ id: property, title: property, kind: 'breakdown', chart: 'donut', layout: { x: 0, y: 0, w: 4, h: 4 } },
  query: { metric: 'count', group_by: [property] },
});
const answer = (values: readonly string[], colours?: Record<string, number>): PointsAnswer => ({
  points: values.map((value, i) => ({ t: null, group: [value], value: 100 - i })),
  ...(colours ? { meta: { colours } } : {}),
});
const drawn = (property: string, given: PointsAnswer, book: ColourBook) =>
  coloursOf(toMatrix(given.points).series, property, book, light);
const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 5 });

describe('colours of values', () => {
  it('are those that the dashboard gives them, in whatever order and company they come', () => {
    fc.assert(
      fc.property(names, names, fc.nat(), (mine, theirs, seed) => {
        const all = [...new Set([...mine, ...theirs])].slice(0, 8);
        const places = Object.fromEntries(all.map((value, i) => [value, (i + seed) % 8]));
        for (const values of [mine, theirs, [...mine].reverse()].map((some) => some.filter((one) => one in places))) {
          const given = answer(values, places);
          const book = extendColours(noColours, [donut('model')], { model: given });
          expect(drawn('model', given, book)).toEqual(values.map((value) => light.series[places[value] ?? 0]));
        }
      }),
    );
  });

  it('follow from their names where nobody gives any, not from their rank', () => {
    const alone = (value: string) =>
      drawn('model', answer([value]), extendColours(noColours, [donut('model')], { model: answer([value]) }));
    fc.assert(
      fc.property(names, (values) => {
        const book = extendColours(noColours, [donut('model')], { model: answer(values) });
        const [first = ''] = values;
        expect(drawn('model', answer(values), book)[0]).toBe(alone(first)[0]);
        expect(new Set(drawn('model', answer(values), book)).size).toBe(values.length);
      }),
    );
  });

  it('stay when others come', () => {
    const before = extendColours(noColours, [donut('model')], { model: answer(['a', 'b']) });
    const after = extendColours(before, [donut('model')], { model: answer(['c', 'b', 'a']) });
    expect([...(after.get('model') ?? [])]).toEqual(expect.arrayContaining([...(before.get('model') ?? [])]));
  });

  it('of a draft are its own first', () => {
    const given = answer(['a', 'b'], { a: 1, b: 2 });
    const book = extendColours(noColours, [donut('model')], { model: given }, { model: { a: 5 } });
    expect(drawn('model', given, book)).toEqual([light.series[5], light.series[2]]);
  });

  it('are never two of one place in one chart', () => {
    const given = answer(['a', 'b', 'c'], { a: 3, b: 3, c: 3 });
    const colours = drawn('model', given, extendColours(noColours, [donut('model')], { model: given }));
    expect(colours[0]).toBe(light.series[3]);
    expect(new Set(colours).size).toBe(3);
  });
});
