import type { PointsAnswer, Widget } from '@emban/api/contract';
import { light } from '@emban/theme';
import { describe, expect, it } from 'vitest';
import { answers, NOW, TIMEZONE, widgets } from '../../../dev/fixture.ts';
import {
  barsPicture,
  breakdownSummary,
  breakdownView,
  type ChartContext,
  extendColours,
  noColours,
  tableView,
  timeseriesSlice,
  timeseriesTable,
  timeseriesTooltip,
  timeseriesView,
  tooltipSentence,
  valueName,
} from './index.ts';

const context: ChartContext = {
  ...{ theme: light, locale: 'en-GB', timezone: TIMEZONE, now: NOW, period: '7d' },
  window: { from: NOW - 7 * 86_400_000, to: NOW },
  colours: extendColours(noColours, widgets, answers('7d').widgets),
};
const size = { width: 640, height: 220 };
const widget = (id: string) => widgets.find((one) => one.id === id) as Widget;

describe('values that are named like what is no value', () => {
  const query = { metric: 'count', group_by: ['l'] };
  const sent: PointsAnswer = {
    points: [
      { t: null, group: ['Other'], value: 9 },
      { t: null, group: ['(none)'], value: 8 },
      { t: null, group: [''], value: 7 },
      { t: null, group: ['Other'], value: 15, other: true },
    ],
  };
  const donut: Widget = { ...widget('w_6'), query };
  const rows = breakdownView(donut, sent, context).rows;

  it('are told apart in a breakdown, with "other" last', () => {
    expect(rows.map(({ name, kind, value }) => [name, kind, value])).toEqual([
      ['“Other”', 'value', 9],
      ['“(none)”', 'value', 8],
      ['(none)', 'none', 7],
      ['Other', 'other', 15],
    ]);
  });

  it('drill into what they are', () => {
    expect(rows.map((row) => row.drill)).toEqual(['Other', '(none)', '', null]);
  });

  it('have colours by what they are', () => {
    const colours = extendColours(noColours, [donut], { w_6: sent });
    const drawn = breakdownView(donut, sent, { ...context, colours }).rows.map((row) => row.colour);
    expect(drawn).toEqual([...light.series.slice(0, 3), light.other]);
    const turned = { points: [...sent.points].reverse() };
    const again = breakdownView(donut, turned, { ...context, colours }).rows;
    expect(again.find((row) => row.kind === 'none')?.colour).toBe(light.series[2]);
  });

  it('are told apart in words and on the canvas', () => {
    expect(breakdownSummary(breakdownView(donut, sent, context), donut, context)).toMatch(
      /“Other” 9 .*, “\(none\)” 8 .*, no value 7 .*, all other values 15 /,
    );
    const bars = barsPicture(breakdownView({ ...donut, chart: 'horizontal_bar' }, sent, context), context, size);
    const { data } = bars.option.yAxis as { data: unknown[] };
    const apart = { fontStyle: 'italic', color: light.muted };
    expect(data).toEqual([
      '["Other"]',
      '["(none)"]',
      { value: '[""]', textStyle: apart },
      { value: '\u0000other', textStyle: apart },
    ]);
  });

  it('are told apart in a series, its legend, tooltip and table', () => {
    const t = '2026-11-22T23:00:00Z';
    const points = sent.points.map((point) => ({ ...point, t }));
    const line = { ...widget('w_5'), query };
    const view = timeseriesView({ widget: line, answer: { points }, context, size });
    const kinds = ['value', 'value', 'none', 'other'];
    expect(view.legend.map((item) => item.kind)).toEqual(kinds);
    const tooltip = timeseriesTooltip(view, 0, 'Calls', context);
    expect(tooltip.rows.slice(0, 4).map((row) => row.kind)).toEqual(kinds);
    expect(tooltipSentence(tooltip)).toContain('“(none)” 8, no value 7, all other values 15');
    expect(
      timeseriesTable(view, context)
        .columns.slice(1)
        .map((column) => column.kind),
    ).toEqual(kinds);
    expect([0, 1, 2, 3].map((at) => timeseriesSlice(view, line, 0, at)?.value)).toEqual([
      'Other',
      '(none)',
      '',
      undefined,
    ]);
  });

  it('are told apart in a table', () => {
    const columns = [{ name: 'l', type: 'string' }];
    const { rows: cells } = tableView({ columns, rows: [['(none)'], [''], [null], ['x']] }, context);
    expect(cells.map(([cell]) => [cell?.text, cell?.kind])).toEqual([
      ['“(none)”', 'value'],
      ['(none)', 'none'],
      ['(none)', 'none'],
      ['x', 'value'],
    ]);
  });
});

it.each([
  ['Other', '“Other”'],
  ['“Other”', '““Other””'],
  ['all other values', '“all other values”'],
  ['other', 'other'],
  ['Others', 'Others'],
  ['“quoted”', '“quoted”'],
])('the value %s is written %s', (value, text) => {
  expect(valueName(value)).toEqual({ text, kind: 'value', spoken: text });
});
