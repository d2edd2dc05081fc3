import { describe, expect, it } from 'vitest';
import { fromClipboard, toClipboard } from './clipboard.ts';
import { difference } from './difference.ts';
import type { Draft, DraftWidget } from './doc.ts';
import { add, duplicate, movePhone, moveSection, nudge, patch, phoneOrder, setColour, setPart } from './edits.ts';
import { overlaps } from './grid.ts';
import { asKind, KINDS, newWidget } from './kinds.ts';
import { chartClosedBecause, closedBecause, gaps } from './rules.ts';
import { draftOf, widget } from './samples.ts';

const row = (id: string, y: number, more: Partial<DraftWidget> = {}) =>
  widget(id, { layout: { x: 0, y, w: 12, h: 2 }, ...more });

describe('sections', () => {
  const draft: Draft = {
    ...draftOf(''),
    widgets: [
      row('h', 0, { kind: 'heading' }),
      row('a', 2),
      row('b', 4),
      row('i', 6, { kind: 'heading' }),
      row('c', 8),
    ],
  };
  const order = (state: Draft) => [...state.widgets].sort((a, b) => a.layout.y - b.layout.y).map(({ id }) => id);

  it('move with everything that is below their heading', () => {
    expect(order(moveSection(draft, 'i', -1))).toEqual(['i', 'c', 'h', 'a', 'b']);
    expect(order(moveSection(draft, 'h', 1))).toEqual(['i', 'c', 'h', 'a', 'b']);
    expect(moveSection(draft, 'h', -1)).toBe(draft);
    expect(moveSection(draft, 'i', 1)).toBe(draft);
  });
});

it('puts a copy beside its source', () => {
  const { draft, made } = duplicate(draftOf('ab'), ['a']);
  const [source, copy] = draft.widgets;
  expect(copy?.id).toBe(made[0]);
  expect(copy?.layout).toEqual({ x: 3, y: 0, w: 3, h: 2 });
  expect(source?.title).toBe(copy?.title);
  expect(
    draft.widgets.some((one, n) => draft.widgets.slice(n + 1).some((two) => overlaps(one.layout, two.layout))),
  ).toBe(false);
});

it('moves and resizes by cells, and stays at the edge', () => {
  const draft = draftOf('ab');
  expect(nudge(draft, 'a', { x: -1 })).toBe(draft);
  expect(nudge(draft, 'a', { x: 1 }).widgets[0]?.layout.x).toBe(1);
  expect(nudge(draft, 'a', { w: 9 }).widgets[0]?.layout.w).toBe(12);
  expect(nudge(draft, 'a', { w: 10 })).toBe(draft);
  expect(nudge(draft, 'a', { h: 1 }).widgets[1]?.layout.y).toBe(3);
});

it('orders widgets for phones as they are read, until somebody says otherwise', () => {
  const draft = draftOf('abc');
  expect(phoneOrder(draft.widgets).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  const moved = movePhone(draft, 'c', -1);
  expect(phoneOrder(moved.widgets).map(({ id }) => id)).toEqual(['a', 'c', 'b']);
  expect(movePhone(draft, 'a', -1)).toBe(draft);
});

it('takes away a colour, and the property with its last one', () => {
  const draft = setColour(draftOf('a'), 'model', 'gpt', 3);
  expect(draft.colours).toEqual({ model: { gpt: 3 } });
  expect(setColour(draft, 'model', 'gpt', undefined).colours).toEqual({});
});

describe('the clipboard', () => {
  it('takes widgets from one dashboard to another, under new ids', () => {
    const [read] = fromClipboard(toClipboard([widget('a', { title: 'Latency' })])) ?? [];
    expect(read).toMatchObject({ title: 'Latency', kind: 'kpi', query: { metric: 'count' } });
    expect(read?.id).not.toBe('a');
  });

  it.each([
    'hello',
    '{}',
    '[1]',
    'null',
    '{"emban":"emban/widgets@1","widgets":[]}',
    '{"emban":"emban/widgets@1","widgets":[{"title":"x","kind":"toString"}]}',
    '{"emban":"emban/widgets@1","widgets":[{"title":"x","kind":"kpi","chart":"donut","query":{}}]}',
    '{"emban":"emban/widgets@1","widgets":[{"title":"x","kind":"kpi"}]}',
    '{"emban":"emban/widgets@2","widgets":[{"title":"x","kind":"kpi","query":{}}]}',
  ])('takes nothing else: %s', (text) => {
    expect(fromClipboard(text)).toBeNull();
  });
});

describe('kinds', () => {
  it('begin complete', () => {
    for (const kind of KINDS)
      expect(gaps({ ...newWidget(kind, 'New'), layout: { x: 0, y: 0, w: 1, h: 1 } })).toEqual({});
  });

  const pairs = KINDS.flatMap((from) => KINDS.map((to) => [from, to] as const));

  it.each(pairs)('%s becomes %s without anything that it cannot have', (from, to) => {
    const fresh = newWidget(from, 'New', { dimension: 'model' });
    const after = asKind({ ...fresh, layout: { x: 0, y: 0, w: 1, h: 1 } }, to, { dimension: 'model' });
    expect(after.kind).toBe(to);
    expect(gaps(after)).toEqual({});
    const { query } = after;
    const unfit = {
      kpi: [query?.columns, query?.granularity, query?.group_by],
      timeseries: [query?.columns],
      breakdown: [query?.columns, query?.granularity, query?.series],
      table: [query?.metric, query?.granularity, query?.compare],
      text: [query],
      heading: [query],
    };
    expect(unfit[to].filter((one) => one !== undefined)).toEqual([]);
  });
});

describe('rules', () => {
  it('say why something is closed', () => {
    expect(closedBecause('group_by', widget('a'))).toMatch(/no groups/);
    expect(closedBecause('compare', widget('a', { kind: 'table' }))).toMatch(/table/);
    expect(closedBecause('cumulative', widget('a', { kind: 'timeseries', query: { moving_average: 3 } }))).toMatch(
      /moving average/,
    );
    expect(chartClosedBecause('stacked_bar', widget('a', { kind: 'timeseries', query: { metric: 'count' } }))).toMatch(
      /groups/,
    );
    expect(closedBecause('group_by', widget('a', { kind: 'timeseries' }))).toBeNull();
  });

  it('find what is still missing', () => {
    expect(gaps(widget('a', { title: ' ', query: { metric: 'sum' } }))).toMatchObject({
      title: expect.any(String),
      'query.prop': expect.any(String),
    });
  });
});

it('says in words what publishing would change', () => {
  const before = draftOf('ab');
  const after = setPart(
    {
      ...patch(add(before, newWidget('kpi', 'Users'), { w: 3, h: 2 }), 'a', { title: 'Calls', unit: 'ms' }),
      name: 'New',
    },
    'theme',
    { primaryColor: '#000' },
  );
  expect(difference(before, after)).toEqual([
    { sign: 'changed', what: 'Name: “Usage” → “New”', parts: '' },
    { sign: 'changed', what: 'Calls', parts: 'title, unit' },
    { sign: 'added', what: 'Users', parts: '' },
    { sign: 'changed', what: 'Theme', parts: 'primary colour' },
  ]);
  expect(difference(before, before)).toEqual([]);
});
