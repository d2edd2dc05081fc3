/** The script as the server calls it: JSON in, JSON out. */

import { describe, expect, it } from 'vitest';
import './main.ts';
import type { Page } from './main.ts';
import type { Body } from './view.ts';

const meta = {
  granularity: 'none',
  window: {
    from: '2026-11-21T00:00:00Z',
    to: '2026-11-27T12:30:00Z',
    local_from: '2026-11-21T00:00',
    local_to: '2026-11-27T12:30',
  },
};
const base = {
  name: 'Usage',
  locale: 'en',
  timezone: 'UTC',
  period: '7d',
  generated_at: '2026-11-27T12:30:00Z',
  as_of: '2026-11-27T12:29:00Z',
  tenant: null,
  filters: [],
  ranges: [],
  theme: {},
};

const widget = (id: string, kind: string, chart: string, more: object = {}) => ({
  id,
  title: id,
  kind,
  chart,
  layout: { x: 0, y: 0, w: 12, h: 4 },
  query: { metric: 'count', group_by: kind === 'breakdown' ? ['model'] : [] },
  ...more,
});
const rows = (count: number) => ({
  columns: [
    { name: 'name', type: 'string' },
    { name: 'count', type: 'integer' },
  ],
  rows: Array.from({ length: count }, (_, i) => [`row ${i}`, i]),
  meta,
});
const groups = (count: number) => ({
  points: Array.from({ length: count }, (_, i) => ({ t: null, group: [`model ${i}`], value: 100 + i })),
  meta,
});

function drawn(parts: [object, object][], paper: object, more: object = {}): Page {
  const widgets = parts.map(([one]) => one);
  const answers = Object.fromEntries(parts.map(([one, answer]) => [(one as { id: string }).id, answer]));
  const document = { ...base, widgets, answers, ...more };
  return JSON.parse(globalThis.embanDraw?.(JSON.stringify({ draw: 'page', paper }), JSON.stringify(document)) ?? '{}');
}

const pages = { width: 800, height: 1030 };
const picture = { width: 1200, height: null };
const cardsOf = ({ blocks }: Page) =>
  blocks.flatMap((block) => (block.kind === 'band' ? block.cards.map(({ card }) => card) : [block.card]));
const bodyOf = (page: Page): Body => (cardsOf(page)[0] as { body: Body }).body;

describe('a page', () => {
  it('runs a long table over pages and says what it leaves out', () => {
    const long = drawn([[widget('t', 'table', 'table'), rows(1200)]], pages);
    expect(long.blocks.map(({ kind }) => kind)).toEqual(['long']);
    const [card] = cardsOf(long);
    expect(card?.body.kind === 'table' && card.body.rows).toHaveLength(1000);
    expect(card?.note).toBe('1,000 of 1,200 rows.');
    const all = drawn([[widget('t', 'table', 'table'), rows(1000)]], pages);
    expect(cardsOf(all)[0]?.note).toBe('');
  });

  it('keeps a short one in its card, whole', () => {
    const page = drawn([[widget('t', 'table', 'table'), rows(12)]], pages);
    expect(page.blocks.map(({ kind }) => kind)).toEqual(['band']);
    const body = bodyOf(page);
    expect(body.kind === 'table' && body.rows).toHaveLength(12);
  });

  it('shows a list as a table where it is longer than a page', () => {
    expect(drawn([[widget('l', 'breakdown', 'list'), groups(10)]], pages).blocks[0]?.kind).toBe('band');
    const long = drawn([[widget('l', 'breakdown', 'list'), groups(100)]], pages);
    expect(long.blocks[0]?.kind).toBe('long');
    const body = bodyOf(long);
    expect(body.kind === 'table' && body.rows).toHaveLength(100);
  });

  it('draws all bars of a chart, or says how many there are', () => {
    const few = cardsOf(drawn([[widget('b', 'breakdown', 'horizontal_bar'), groups(15)]], pages))[0];
    expect(few?.note).toBe('');
    const body = few?.body;
    expect(body?.kind === 'chart' && body.labels.filter(({ text }) => text.startsWith('model'))).toHaveLength(15);
  });

  it('gives the room of a long neighbour to those that stay', () => {
    const at = (x: number, w: number) => ({ layout: { x, y: 0, w, h: 4 } });
    const page = drawn(
      [
        [widget('t', 'table', 'table', at(0, 6)), rows(300)],
        [widget('k', 'kpi', 'stat', at(6, 6)), { points: [{ t: null, group: [], value: 5 }], meta }],
      ],
      pages,
    );
    expect(page.blocks.map(({ kind }) => kind)).toEqual(['band', 'long']);
    expect(page.blocks[0]?.kind === 'band' && page.blocks[0].cards[0]).toMatchObject({ x: 0, width: 800 });
  });

  it('is a picture that says how many rows it has no room for', () => {
    const page = drawn([[widget('t', 'table', 'table'), rows(300)]], picture);
    const [card] = cardsOf(page);
    expect(card?.note).toMatch(/^\d+ of 300 rows\.$/);
    expect(card?.body.kind === 'table' && card.body.rows).toHaveLength(40);
  });
});

describe('drawings', () => {
  it('leave their labels to the text that is set', () => {
    const body = bodyOf(drawn([[widget('b', 'breakdown', 'horizontal_bar'), groups(2)]], pages));
    if (body.kind !== 'chart') throw new Error(body.kind);
    expect(body.svg).toContain('<svg');
    expect(body.svg).not.toContain('<text');
    const names = body.labels.filter(({ anchor }) => anchor === 'end').map(({ text }) => text);
    expect(names).toEqual(['model 1', 'model 0']);
    for (const { x, y, size } of body.labels) {
      expect(size).toBe(12);
      expect(x).toBeGreaterThan(0);
      expect(x).toBeLessThan(body.width);
      expect(y).toBeGreaterThan(0);
      expect(y).toBeLessThan(body.height);
    }
  });

  it('write names as they are', () => {
    const nasty = `<b>&amp;"x'&#39; \u0000`;
    const answer = { points: [{ t: null, group: [nasty], value: 1 }], meta };
    const body = bodyOf(drawn([[widget('b', 'breakdown', 'horizontal_bar'), answer]], pages));
    if (body.kind !== 'chart') throw new Error(body.kind);
    expect(body.labels.map(({ text }) => text)).toContain(`<b>&amp;"x'&#39;  `);
  });
});

describe('the head', () => {
  it('names period, window, zone and times', () => {
    const { head } = drawn([[widget('k', 'kpi', 'stat'), { points: [{ t: null, group: [], value: 5 }], meta }]], pages);
    expect(head).toMatchObject({
      period: 'Last 7 days',
      timezone: 'UTC',
      updated: 'Figures as of Nov 27, 12:29 PM',
      generated: 'Generated Nov 27, 12:30 PM',
      empty: '',
    });
    expect(head.window).toMatch(/^Nov 21/);
  });

  it('is of light paper, whatever the dashboard is', () => {
    const theme = (colours: object) => drawn([], pages, { theme: colours }).theme;
    expect(theme({}).surface).toBe('#f7f7f9');
    expect(theme({ mode: 'dark' }).surface).toBe('#f7f7f9');
    const dark = theme({
      backgroundColor: '#000000',
      cardBackground: '#101010',
      textColor: '#ffffff',
      primaryColor: '#c00040',
    });
    expect([dark.card, dark.primary, dark.text]).toEqual(['#ffffff', '#c00040', '#1b1c25']);
    expect(theme({ cardBackground: '#fffff0', primaryColor: '#c00040' })).toMatchObject({
      card: '#fffff0',
      scheme: 'light',
    });
  });

  it('says that there is nothing only where nothing failed', () => {
    const none = { points: [], meta };
    const failed = { error: 'too slow', code: 'query_too_expensive' };
    const one = widget('a', 'breakdown', 'list');
    const other = widget('b', 'breakdown', 'list', { layout: { x: 0, y: 4, w: 12, h: 4 } });
    expect(
      drawn(
        [
          [one, none],
          [other, none],
        ],
        pages,
      ).head.empty,
    ).toBe('There is nothing in this period.');
    expect(
      drawn(
        [
          [one, none],
          [other, failed],
        ],
        pages,
      ).head.empty,
    ).toBe('');
    expect(drawn([], pages).head.empty).toBe('This dashboard has no widgets.');
  });
});
