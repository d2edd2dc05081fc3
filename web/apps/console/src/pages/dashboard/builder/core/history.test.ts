import fc from 'fast-check';
import { expect, it } from 'vitest';
import { same } from './doc.ts';
import { begin, MOST_STEPS, rebase, record, redo, redoName, undo, undoName } from './history.ts';
import { merge } from './merge.ts';
import { anyEdit, draftOf } from './samples.ts';

it('is at the start after undoing each of any edits, and at the end after redoing them', () => {
  fc.assert(
    fc.property(fc.array(anyEdit, { minLength: 1, maxLength: MOST_STEPS }), (edits) => {
      const start = draftOf('abcde');
      let history = begin(start);
      for (const { name, edit } of edits) history = record(history, name, edit(history.present));
      const end = history.present;
      const steps = history.past.length;
      for (let n = 0; n < steps; n += 1) history = undo(history);
      expect(history.present).toBe(start);
      for (let n = 0; n < steps; n += 1) history = redo(history);
      expect(history.present).toBe(end);
    }),
    { numRuns: 100 },
  );
});

it('takes back one’s own changes alone when somebody else saved in between', () => {
  fc.assert(
    fc.property(fc.array(anyEdit, { maxLength: 20 }), (edits) => {
      const start = draftOf('abcde');
      const theirs = { ...start, theme: { cardBorder: '#abc' } };
      let history = begin(start);
      for (const { name, edit } of edits) history = record(history, name, edit(history.present));
      const carry = (state: typeof start) => merge(start, state, theirs, { byField: true }).draft;
      history = rebase(history, carry(history.present), carry);
      expect(history.present.theme.cardBorder).toBe('#abc');
      while (history.past.length) history = undo(history);
      expect(same(history.present, theirs)).toBe(true);
    }),
  );
});

it('names its steps and keeps a hundred of them', () => {
  let history = begin(draftOf('a'));
  for (let n = 1; n <= 120; n += 1) history = record(history, `rename ${n}`, { ...history.present, name: `${n}` });
  expect(history.past).toHaveLength(100);
  expect(undoName(history)).toBe('rename 120');
  expect(redoName(history)).toBeNull();
  history = undo(history);
  expect(redoName(history)).toBe('rename 120');
  history = record(history, 'rename again', { ...history.present, name: 'again' });
  expect(redoName(history)).toBeNull();
});

it('has no step for what changes nothing, and one for the letters of a word', () => {
  let history = begin(draftOf('a'));
  expect(record(history, 'nothing', { ...history.present })).toBe(history);
  const start = history.present;
  for (const [at, name] of [
    [0, 'L'],
    [200, 'La'],
    [400, 'Lat'],
  ] as const) {
    history = record(history, 'rename', { ...history.present, name }, { group: 'name', at });
  }
  expect(history.past).toHaveLength(1);
  expect(undo(history).present).toBe(start);
  history = record(history, 'rename', { ...history.present, name: 'Late' }, { group: 'name', at: 9000 });
  expect(history.past).toHaveLength(2);
});
