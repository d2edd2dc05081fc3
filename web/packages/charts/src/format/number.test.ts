import { describe, expect, it } from 'vitest';
import { axisFormatter, formatPercent, formatValue } from './number.ts';
import { guessedUnit, humanise, plain, unitFromName, unitOf, unitOfWidget } from './unit.ts';

describe('formatValue', () => {
  it.each([
    [0, '', '0', '0'],
    [1234, '', '1,234', '1,234'],
    [9999, '', '9,999', '9,999'],
    [9999.6, '', '10k', '9,999.6'],
    [12_400, '', '12.4k', '12,400'],
    [999_950, '', '1M', '999,950'],
    [1_284_000, '', '1.28M', '1,284,000'],
    [-1_284_000, '', '-1.28M', '-1,284,000'],
    [3_456_000_000, '', '3.46B', '3,456,000,000'],
    [0.01234, '', '0.012', '0.0123'],
    [12.345, '', '12.35', '12.35'],
    [512.26, '', '512.3', '512.26'],
    [12_400, 'tokens', '12.4k tokens', '12,400 tokens'],
    [230, 'ms', '230 ms', '230 ms'],
    [1234, 'ms', '1.23 s', '1.23 s'],
    [12_340, 'ms', '12.3 s', '12.3 s'],
    [125_000, 'ms', '2 min 5 s', '2 min 5 s'],
    [7_260_000, 'ms', '2 h 1 min', '2 h 1 min'],
    [0.5, 's', '500 ms', '500 ms'],
    [3, 'ms', '3 ms', '3 ms'],
    [12.44, 'percent', '12.4%', '12.4%'],
    [0.1244, 'ratio', '12.4%', '12.4%'],
    [512, 'bytes', '512 B', '512 B'],
    [1_536_000, 'bytes', '1.54 MB', '1.54 MB'],
    [1234.5, 'USD', '$1,234.50', '$1,234.50'],
    [1_284_000, 'USD', '$1.28M', '$1,284,000.00'],
    [0.0012, 'USD', '$0.0012', '$0.0012'],
    [null, 'ms', '–', '–'],
    [Number.NaN, '', '–', '–'],
  ])('%s %s', (value, unit, tight, full) => {
    expect(formatValue(value, unitOf(unit), 'en', 'tight')).toBe(tight);
    expect(formatValue(value, unitOf(unit), 'en', 'full')).toBe(full);
  });

  it('follows the locale', () => {
    expect(formatValue(1234.5, plain, 'de')).toBe('1.234,5');
    expect(formatValue(1_284_000, unitOf('EUR'), 'de', 'tight').replace(/\s/g, ' ')).toBe('1,28M €');
    expect(formatPercent(12.44, 'de', true).replace(/\s/g, ' ')).toBe('+12,4 %');
  });
});

describe('axisFormatter', () => {
  it.each([
    [[0, 500, 1000, 1500], '', ['0', '500', '1,000', '1,500']],
    [[0, 5000, 10_000, 15_000], '', ['0', '5k', '10k', '15k']],
    [[0, 500_000, 1_000_000], '', ['0', '0.5M', '1M']],
    [[0, 0.25, 0.5], '', ['0', '0.25', '0.5']],
    [[0, 500, 1000], 'ms', ['0 ms', '500 ms', '1 s']],
    [[0, 25, 50], 'percent', ['0%', '25%', '50%']],
    [[0, 5000, 10_000], 'USD', ['$0', '$5k', '$10k']],
    [[0, 0.5, 1], 'USD', ['$0', '$0.5', '$1']],
  ])('%s %s', (ticks, unit, labels) => {
    const format = axisFormatter(
      ticks.at(-1) as number,
      (ticks[1] as number) - (ticks[0] as number),
      unitOf(unit),
      'en',
    );
    expect(ticks.map(format)).toEqual(labels);
  });
});

describe('units', () => {
  it.each([
    ['latency_ms', { kind: 'duration', milliseconds: 1 }],
    ['cost_usd', { kind: 'money', currency: 'USD' }],
    ['body_bytes', { kind: 'bytes', factor: 1 }],
    ['tokens', { kind: 'plain' }],
    ['errors', { kind: 'plain' }],
  ])('are read from the name %s', (name, unit) => {
    expect(unitFromName(name)).toEqual(unit);
  });

  it('do not follow a property into a count', () => {
    const widget = { id: 'w', title: '', kind: 'kpi', chart: 'stat', layout: { x: 0, y: 0, w: 3, h: 2 } } as const;
    expect(unitOfWidget({ ...widget, query: { metric: 'p95', prop: 'latency_ms' } }).kind).toBe('duration');
    expect(unitOfWidget({ ...widget, query: { metric: 'count', prop: 'latency_ms' } }).kind).toBe('plain');
    expect(unitOfWidget({ ...widget, unit: 'tokens' })).toEqual({ kind: 'word', word: 'tokens' });
  });
});

it.each([
  ['status_code', 'Status code'],
  ['api.call', 'API call'],
  ['latency_ms', 'Latency ms'],
  ['userId', 'User ID'],
  ['model', 'Model'],
])('humanise %s', (name, text) => {
  expect(humanise(name)).toBe(text);
});

describe('a unit that a name gives away', () => {
  it.each<[string, (number | null)[], object]>([
    ['hit_ratio', [0.2, null, 0.94], { kind: 'percent', scale: 100 }],
    ['hit_ratio', [0, 1], { kind: 'percent', scale: 100 }],
    ['hit_ratio', [], { kind: 'percent', scale: 100 }],
    ['compression_ratio', [0.8, 3.2], plain],
    ['growth_ratio', [-1.5], plain],
    ['load_pct', [140], { kind: 'percent', scale: 1 }],
    ['latency_ms', [4000], { kind: 'duration', milliseconds: 1 }],
  ])('%s of %j', (name, figures, unit) => {
    expect(guessedUnit(name, figures)).toEqual(unit);
  });

  it('gives way to what the widget says', () => {
    const query = { metric: 'avg', prop: 'x_ratio' };
    const widget = {
      id: 'w',
      title: '',
      kind: 'kpi',
      chart: 'stat',
      layout: { x: 0, y: 0, w: 1, h: 1 },
      query,
    } as const;
    expect(unitOfWidget(widget, [3])).toEqual(plain);
    expect(unitOfWidget({ ...widget, format: 'ratio' }, [3])).toEqual({ kind: 'percent', scale: 100 });
  });
});
