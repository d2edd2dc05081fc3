import fc from 'fast-check';
import { expect, it } from 'vitest';
import { asText, diffLines, foldSame } from './diff.ts';

const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((lines) => lines.join('\n'));
const side = (lines: ReturnType<typeof diffLines>, gone: 'added' | 'removed') =>
  lines
    .filter(({ kind }) => kind !== gone)
    .map((line) => line.text)
    .join('\n');

it('leads from one text to the other, and has nothing to say of the same', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before, after);
      expect(side(lines, 'added')).toBe(before);
      expect(side(lines, 'removed')).toBe(after);
      if (before === after) expect(lines.every(({ kind }) => kind === 'same')).toBe(true);
    }),
  );
});

it('marks what changed and no more', () => {
  const lines = diffLines('one\ntwo\nthree', 'one\n2\nthree\nfour');
  expect(lines.map(({ kind, text: words }) => `${kind} ${words}`)).toEqual([
    'same one',
    'removed two',
    'added 2',
    'same three',
    'added four',
  ]);
});

it('compares large texts without a table of all their pairs', () => {
  const long = (word: string) => Array.from({ length: 3000 }, (_, i) => `${word} ${i}`).join('\n');
  expect(diffLines(long('a'), long('b'))).toHaveLength(6000);
});

it('writes values with their keys in order, so that order alone is no difference', () => {
  expect(asText({ b: 1, a: { d: 1, c: [2] } })).toBe(asText({ a: { c: [2], d: 1 }, b: 1 }));
  expect(asText('SELECT 1')).toBe('SELECT 1');
  expect(asText(undefined)).toBe('');
});

it('folds what is far from a change', () => {
  const before = Array.from({ length: 30 }, (_, i) => `line ${i}`).join('\n');
  const parts = foldSame(diffLines(before, before.replace('line 15', 'other')));
  expect(parts.map(({ folded, lines }) => [folded, lines.length])).toEqual([
    [true, 12],
    [false, 8],
    [true, 11],
  ]);
});
