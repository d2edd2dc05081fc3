import type { Widget } from '@emban/api/contract';
import { light } from '@emban/theme';
import { describe, expect, it } from 'vitest';
import { answers, NOW, TIMEZONE, widgets } from '../../../../dev/fixture.ts';
import {
  breakdownView,
  type ChartContext,
  extendColours,
  kpiView,
  noColours,
  tableView,
  timeseriesView,
} from '../index.ts';

const context: ChartContext = {
  ...{ theme: light, locale: 'en-GB', timezone: TIMEZONE, now: NOW, period: '7d' },
  window: { from: NOW - 7 * 86_400_000, to: NOW },
  colours: extendColours(noColours, widgets, answers('7d').widgets),
};
const size = { width: 640, height: 220 };
const widget = (id: string) => widgets.find((one) => one.id === id) as Widget;

describe('a ratio above 1 is no share', () => {
  const query = { metric: 'avg', prop: 'zip_ratio' };
  const figures = (...values: number[]) => ({
    points: values.map((value, i) => ({ t: null, group: [`${i}`], value })),
  });

  it('in a figure, with what it is compared with and runs towards', () => {
    const kpi = { ...widget('w_4'), query, target: 4 };
    const point = { t: null, group: [], value: 0.9, previous_value: 3.2 };
    const view = kpiView(kpi, { points: [point] }, context);
    expect(view).toMatchObject({ text: '0.9', delta: { full: 'the period before: 3.2' }, progress: { target: '4' } });
  });

  it('in a breakdown and a series', () => {
    const rows = breakdownView(
      { ...widget('w_9'), query: { ...query, group_by: ['a'] } },
      figures(0.5, 3.2),
      context,
    ).rows;
    expect(rows.map((row) => row.text)).toEqual(['3.2', '0.5']);
    const shares = breakdownView(
      { ...widget('w_9'), query: { ...query, group_by: ['a'] } },
      figures(0.5, 1),
      context,
    ).rows;
    expect(shares.map((row) => row.text)).toEqual(['100.0%', '50.0%']);
    const t = '2026-11-22T23:00:00Z';
    const series = timeseriesView({
      ...{ widget: { ...widget('w_7'), unit: null, query }, context, size },
      answer: { points: [{ t, group: [], value: 3.2 }] },
    });
    expect(series.unit.kind).toBe('plain');
  });

  it('in a table', () => {
    const table = (rows: number[][]) =>
      tableView({ columns: [{ name: 'avg(zip_ratio)', type: 'number' }], rows }, context);
    expect(table([[0.5], [3.2]]).rows.map(([cell]) => cell?.text)).toEqual(['0.5', '3.2']);
    expect(table([[0.5], [0.7]]).rows.map(([cell]) => cell?.text)).toEqual(['50.0%', '70.0%']);
    expect(table([[0.5]]).columns[0]?.title).toBe('Zip ratio (average)');
  });
});
