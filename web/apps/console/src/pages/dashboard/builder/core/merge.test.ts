import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Draft, same } from './doc.ts';
import { insert, patch, place, remove, setPart } from './edits.ts';
import { overlaps } from './grid.ts';
import { merge, resolve } from './merge.ts';
import { anyEdit, draftOf, widget } from './samples.ts';

const base = draftOf('abc');
const titles = (draft: Draft) => draft.widgets.map(({ id, title }) => `${id}:${title}`);

describe('two changes of one draft', () => {
  it('of different widgets are merged without a question', () => {
    const { draft, conflicts } = merge(
      base,
      patch(base, 'a', { title: 'Mine' }),
      patch(base, 'c', { title: 'Theirs' }),
    );
    expect(titles(draft)).toEqual(['a:Mine', 'b:B', 'c:Theirs']);
    expect(conflicts).toEqual([]);
  });

  it('of the same widget are offered side by side, mine for the time being', () => {
    const { draft, conflicts } = merge(
      base,
      patch(base, 'a', { title: 'Mine' }),
      patch(base, 'a', { title: 'Theirs' }),
    );
    expect(titles(draft)[0]).toBe('a:Mine');
    expect(conflicts).toHaveLength(1);
    const [conflict] = conflicts;
    if (!conflict) throw new Error('no conflict');
    expect(titles(resolve(draft, conflict, 'mine', () => 'n'))[0]).toBe('a:Mine');
    expect(titles(resolve(draft, conflict, 'theirs', () => 'n'))[0]).toBe('a:Theirs');
    expect(titles(resolve(draft, conflict, 'both', () => 'n')).slice(0, 2)).toEqual(['a:Theirs', 'n:Mine']);
  });

  it('are the same change: nobody is asked', () => {
    const change = patch(base, 'a', { title: 'Both' });
    expect(merge(base, change, patch(base, 'a', { title: 'Both' }))).toEqual({ draft: change, conflicts: [] });
  });

  it('of which one deletes what the other changed are offered', () => {
    const { draft, conflicts } = merge(base, remove(base, new Set(['a'])), patch(base, 'a', { title: 'Theirs' }));
    expect(titles(draft)).toContain('a:Theirs');
    expect(conflicts).toMatchObject([{ id: 'a', mine: null, theirs: { title: 'Theirs' } }]);
    const [conflict] = conflicts;
    if (conflict) expect(titles(resolve(draft, conflict, 'mine', () => 'n'))).toEqual(['b:B', 'c:C']);
  });

  it('take away what one deletes and the other left alone or only moved', () => {
    const moved = place(base, new Map([['a', { x: 6, y: 0, w: 3, h: 2 }]]));
    expect(titles(merge(base, remove(base, new Set(['a'])), moved).draft)).toEqual(['b:B', 'c:C']);
  });

  it('one of its place and one of its words are no conflict', () => {
    const moved = place(base, new Map([['a', { x: 6, y: 0, w: 3, h: 2 }]]));
    const { draft, conflicts } = merge(base, moved, patch(base, 'a', { title: 'Theirs' }));
    expect(conflicts).toEqual([]);
    expect(draft.widgets[0]).toMatchObject({ title: 'Theirs', layout: { x: 6 } });
  });

  it('of settings are merged key by key', () => {
    const mine = setPart(setPart(base, 'filters', { timezone: 'UTC' }), 'theme', { textColor: '#111' });
    const theirs = setPart(setPart(base, 'filters', { dimensions: ['model'] }), 'theme', { textColor: '#222' });
    const { draft, conflicts } = merge(base, mine, theirs);
    expect(draft.filters).toEqual({ timezone: 'UTC', dimensions: ['model'] });
    expect(conflicts).toEqual([{ kind: 'setting', id: 'theme.textColor', mine: '#111', theirs: '#222' }]);
    const [conflict] = conflicts;
    if (conflict) expect(resolve(draft, conflict, 'theirs', () => 'n').theme).toEqual({ textColor: '#222' });
  });

  it('keep the order, with what is new behind what it stood behind', () => {
    const mine = insert(base, [widget('m', { layout: { x: 3, y: 0, w: 3, h: 2 } })], 'a');
    const theirs = insert(base, [widget('t', { layout: { x: 3, y: 2, w: 3, h: 2 } })], 'b');
    expect(merge(base, mine, theirs).draft.widgets.map(({ id }) => id)).toEqual(['a', 'm', 'b', 't', 'c']);
  });

  it('never leave two widgets upon each other', () => {
    const spot = { x: 6, y: 0, w: 3, h: 2 };
    const mine = insert(base, [widget('m', { layout: spot })], 'a');
    const theirs = insert(base, [widget('t', { layout: spot })], 'a');
    const [one, other] = merge(base, mine, theirs).draft.widgets.filter(({ id }) => id === 'm' || id === 't');
    expect(one && other && overlaps(one.layout, other.layout)).toBe(false);
  });
});

describe('between one’s own tabs', () => {
  it('fields are merged and a change outlives a deletion', () => {
    const mine = patch(base, 'a', { title: 'Mine' });
    const theirs = patch(base, 'a', { unit: 'ms' });
    expect(merge(base, mine, theirs, { byField: true }).draft.widgets[0]).toMatchObject({ title: 'Mine', unit: 'ms' });
    const gone = remove(base, new Set(['a']));
    expect(merge(base, gone, theirs, { byField: true }).draft.widgets[0]).toMatchObject({ unit: 'ms' });
  });
});

describe('for any edits', () => {
  const edited = fc
    .array(anyEdit, { maxLength: 8 })
    .map((edits) => edits.reduce((draft, { edit }) => edit(draft), base));

  it('merging what one side did is what that side did', () => {
    fc.assert(
      fc.property(edited, (draft) => {
        expect(merge(base, draft, base).draft).toBe(draft);
        expect(same(merge(base, base, draft).draft, draft)).toBe(true);
        expect(merge(base, draft, draft).conflicts).toEqual([]);
        expect(same(merge(base, draft, draft).draft, draft)).toBe(true);
      }),
    );
  });

  it('nothing that one side alone has is lost', () => {
    fc.assert(
      fc.property(edited, edited, (mine, theirs) => {
        const { draft, conflicts } = merge(base, mine, theirs);
        const has = (one: Draft, id: string) => one.widgets.some((widget) => widget.id === id);
        const ids = [...mine.widgets, ...theirs.widgets].map(({ id }) => id);
        const kept = ids.filter((id) => !has(base, id) || (has(mine, id) && has(theirs, id)));
        expect(kept.filter((id) => !has(draft, id))).toEqual([]);
        for (const conflict of conflicts) {
          if (conflict.kind === 'widget') expect(same(conflict.mine, conflict.theirs)).toBe(false);
        }
      }),
    );
  });
});
