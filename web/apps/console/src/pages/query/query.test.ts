import { ApiFailure } from '@emban/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areaOf, asCsv, asJson, asTsv, cellText, type Result, sumsOf } from './cells.ts';
import { offersOf } from './completion.ts';
import { placeOf } from './failure.ts';
import { chartFor, isWhole, kindOf, tidied, widgetOf } from './question.ts';
import { chartOf, sizeOf } from './result-chart.ts';
import { areaOfChoice, choiceAfter } from './selection.ts';
import { chosenStatement, offsetOf, statementAt, statementsOf, wordAt } from './statements.ts';
import { activeTab, changeTab, closeTab, firstTabs, openTab, readTabs, reopenTab } from './tabs.ts';
import { openInQueryBuilder, readQueryView } from './view.ts';

function result(columns: [string, string][], rows: unknown[][]): Result {
  return {
    columns: columns.map(([name, type]) => ({ name, type })),
    rows,
    stats: { wall_ms: 1, rows_returned: rows.length, rows_read: 1, truncated: false },
    warnings: [],
  };
}

describe('statements', () => {
  it.each([
    ['SELECT 1; SELECT 2', ['SELECT 1', 'SELECT 2']],
    ["SELECT ';' ; SELECT `a;b`", ["SELECT ';'", 'SELECT `a;b`']],
    ['SELECT 1 -- one; two\n; SELECT 2', ['SELECT 1 -- one; two', 'SELECT 2']],
    ['SELECT /* ; */ 1;;;', ['SELECT /* ; */ 1']],
    ["SELECT 'it\\'s; it''s;", ["SELECT 'it\\'s; it''s;"]],
    ['  ', []],
  ])('of %j', (text, expected) => {
    expect(statementsOf(text).map((one) => one.text)).toEqual(expected);
  });

  it('are where they say, and nothing is lost of a text without quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ' ', ';', '\n', '1') }), (text) => {
        const all = statementsOf(text);
        for (const { from, to, text: part } of all) expect(text.slice(from, to)).toBe(part);
        expect(
          all
            .map((one) => one.text)
            .join('')
            .replace(/\s/g, ''),
        ).toBe(text.replace(/[\s;]/g, ''));
      }),
    );
  });

  it('is the one that the cursor is in, or the one before', () => {
    const text = 'SELECT 1;\n\nSELECT 2;\n';
    expect(statementAt(text, 3)?.text).toBe('SELECT 1');
    expect(statementAt(text, 9)?.text).toBe('SELECT 1');
    expect(statementAt(text, 14)?.text).toBe('SELECT 2');
    expect(statementAt(text, text.length)?.text).toBe('SELECT 2');
    expect(statementAt('', 0)).toBeNull();
  });

  it('is the selection where there is one', () => {
    const text = 'SELECT 1 + 1; SELECT 2';
    expect(chosenStatement(text, 0, 8)).toEqual({ text: 'SELECT 1', from: 0, to: 8 });
    expect(chosenStatement(text, 13, 13)?.text).toBe('SELECT 1 + 1');
    expect(chosenStatement('SELECT 1;', 0, 9)?.text).toBe('SELECT 1');
  });

  it('counts places in characters, as the server does', () => {
    expect(offsetOf("SELECT '😀', nope", 13)).toBe(13);
    expect(wordAt("SELECT '😀', nope", 13)).toEqual({ from: 13, to: 17 });
    expect(wordAt('SELECT', 6)).toEqual({ from: 5, to: 6 });
  });

  it('underlines what a failure is about', () => {
    const statement = { text: 'SELECT sleep(1)', from: 10, to: 25 };
    const place = (details: Record<string, unknown>) =>
      placeOf(new ApiFailure(400, 'sql_error', '', { details }), statement);
    expect(place({ position: 8 })).toEqual({ from: 17, to: 22 });
    expect(place({ construct: 'sleep' })).toEqual({ from: 17, to: 22 });
    expect(place({ construct: 'canonical form' })).toBeNull();
    expect(place({})).toBeNull();
  });
});

describe('tabs', () => {
  it('are closed and opened again with their text, and never fewer than one', () => {
    let set = changeTab(firstTabs('a', ''), 'a', { text: 'SELECT 1' });
    set = openTab(set, 'b', { text: 'SELECT 2' });
    set = closeTab(closeTab(set, 'b', 'x'), 'a', 'x');
    expect(set.tabs).toHaveLength(1);
    expect(activeTab(set).text).toBe('');
    set = reopenTab(reopenTab(set));
    expect(set.tabs.map(({ text }) => text)).toEqual(['', 'SELECT 1', 'SELECT 2']);
    expect(new Set(set.tabs.map(({ number }) => number)).size).toBe(3);
  });

  it('are read as they were kept, and anything else is nothing', () => {
    const set = openTab(firstTabs('a', 'x'), 'b', { name: 'Named', text: 'SELECT 1' });
    expect(readTabs(JSON.stringify(set))).toEqual(set);
    for (const bad of [null, '', '{}', '[]', '{"tabs":[{"id":1}]}', 'null']) expect(readTabs(bad)).toBeNull();
    expect(readTabs(JSON.stringify({ ...set, active: 'gone' }))?.active).toBe('a');
  });
});

describe('cells', () => {
  const mixed = result(
    [
      ['id', 'UInt64'],
      ['name', 'Nullable(String)'],
      ['share', 'Float64'],
    ],
    [
      ['18446744073709551615', 'a\tb', 0.5],
      [1, null, null],
      [2, '=1+1', 'nan'],
    ],
  );

  it('are shown to the last digit', () => {
    expect(mixed.rows.map((row) => row.map(cellText))).toEqual([
      ['18446744073709551615', 'a\tb', '0.5'],
      ['1', 'NULL', 'NULL'],
      ['2', '=1+1', 'nan'],
    ]);
  });

  it('are copied as TSV, JSON and CSV', () => {
    expect(asTsv(mixed, { top: 0, bottom: 1, left: 0, right: 1 })).toBe('18446744073709551615\ta b\n1\t');
    expect(asTsv(mixed, { top: 0, bottom: 0, left: 1, right: 1 })).toBe('a\tb');
    expect(asJson(mixed, { top: 0, bottom: 0, left: 0, right: 1 })).toBe(
      '[\n  {"id": 18446744073709551615, "name": "a\\tb"}\n]',
    );
    expect(asCsv(mixed)).toBe("id,name,share\r\n18446744073709551615,a\tb,0.5\r\n1,,\r\n2,'=1+1,nan\r\n");
  });

  it('add up exactly', () => {
    const area = { top: 0, bottom: 1, left: 0, right: 0 };
    expect(sumsOf(mixed, area)).toEqual({
      cells: 2,
      numbers: 2,
      sum: '18446744073709551616',
      average: '9223372036854775808',
    });
    expect(sumsOf(mixed, areaOf(mixed)).sum).toBe('NaN');
    expect(sumsOf(mixed, { ...area, left: 1, right: 1 }).sum).toBeNull();
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { minLength: 1 }), (values) => {
        const one = result(
          [['n', 'Int64']],
          values.map((value) => [String(value)]),
        );
        expect(sumsOf(one, areaOf(one)).sum).toBe(String(values.reduce((sum, value) => sum + value, 0n)));
      }),
    );
  });

  it('are chosen with keys, within the grid', () => {
    const size = { rows: 3, columns: 2, page: 2 };
    const press = (key: string, shift = false, mod = false) => ({ key, shift, mod });
    const first = choiceAfter(null, press('ArrowDown'), size);
    expect(first?.focus).toEqual({ row: 0, column: 0 });
    const wide = choiceAfter(choiceAfter(first, press('ArrowRight', true), size), press('PageDown', true), size);
    expect(wide && areaOfChoice(wide)).toEqual({ top: 0, bottom: 2, left: 0, right: 1 });
    expect(choiceAfter(wide, press('a', false, true), size)?.focus).toEqual({ row: 2, column: 1 });
    expect(choiceAfter(wide, press('x'), size)).toBeNull();
  });
});

describe('charts of results', () => {
  it('are lines over a time and bars over a text', () => {
    const daily = chartOf(
      result(
        [
          ['d', 'Date'],
          ['n', 'UInt64'],
        ],
        [
          ['2026-11-02', 2],
          ['2026-11-01', '3'],
        ],
      ),
    );
    expect(daily?.widget.kind).toBe('timeseries');
    expect(daily?.answer.points.map(({ local, value }) => [local, value])).toEqual([
      ['2026-11-01', 3],
      ['2026-11-02', 2],
    ]);
    const bars = chartOf(
      result(
        [
          ['plan', 'LowCardinality(String)'],
          ['n', 'UInt64'],
        ],
        [['pro', 2]],
      ),
    );
    expect(bars?.widget.chart).toBe('horizontal_bar');
    expect(chartOf(result([['plan', 'String']], [['pro']]))).toBeNull();
    expect(chartOf(result([['n', 'UInt64']], [[1]]))).toBeNull();
  });

  it('know the size of their buckets', () => {
    const day = 86_400_000;
    expect(sizeOf([0, 60_000], false)).toBe('minute');
    expect(sizeOf([0, 3_600_000, 4 * 3_600_000], false)).toBe('hour');
    expect(sizeOf([0, 7 * day], true)).toBe('week');
    expect(sizeOf([0, 28 * day, 59 * day], true)).toBe('month');
    expect(sizeOf([0], true)).toBe('day');
  });
});

describe('questions', () => {
  it('keep nothing that belongs to another choice', () => {
    const query = { event_name: '*', metric: 'count', prop: 'tokens', group_by: [], limit: 5, compare: null } as const;
    expect(tidied({ ...query, group_by: [] })).toEqual({ event_name: '*', metric: 'count' });
    expect(isWhole({ metric: 'sum' })).toBe(false);
    expect(isWhole({ metric: 'sum', prop: 'tokens' })).toBe(true);
  });

  it('are drawn as what they are', () => {
    expect(kindOf({ metric: 'count' })).toBe('kpi');
    expect(kindOf({ metric: 'count', group_by: 'plan' })).toBe('breakdown');
    expect(kindOf({ metric: 'count', granularity: 'day', group_by: ['plan'] })).toBe('timeseries');
    expect(chartFor({ metric: 'count', granularity: 'day' }, 'donut')).toBe('line');
    expect(widgetOf({ metric: 'count', granularity: 'day' }, 'area', 'A').chart).toBe('area');
  });

  it('travel in the address', () => {
    const view = openInQueryBuilder({ query: { metric: 'count', event_name: '*' }, chart: 'donut' }, '7d', '42');
    expect(view).toEqual({
      mode: 'visual',
      q: { metric: 'count', event_name: '*', period: '7d' },
      chart: 'donut',
      tenant: '42',
    });
    expect(readQueryView({ mode: 'other', q: 'text', chart: 'x', tenant: 42 })).toEqual({ tenant: '42' });
  });
});

describe('completion', () => {
  it('writes properties so that any name can stand', () => {
    const offers = offersOf(
      { items: [], functions: [{ name: 'count', aggregate: true }] },
      { dimensions: [{ name: "it's\\", top_values: [] }], measures: [{ name: 'n' }] },
    );
    expect(offers.find(({ label }) => label === "it's\\")?.apply).toBe("string_props['it\\'s\\\\']");
    expect(offers.find(({ label }) => label === 'n')?.apply).toBe("numeric_props['n']");
    expect(offers.find(({ label }) => label === 'count')?.kind).toBe('function');
  });
});
