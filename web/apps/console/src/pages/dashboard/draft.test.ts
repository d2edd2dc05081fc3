import { expect, it } from 'vitest';
import { type DraftConfig, drawnWidgets } from './draft.ts';

const widget: NonNullable<DraftConfig['widgets']>[number] = {
  ...{ id: 'w', title: 'Tokens', kind: 'timeseries', chart: 'line', layout: { x: 0, y: 0, w: 6, h: 4 } },
};

it('calls the figures of a series by their titles, or by their names in words', () => {
  const series = { tokens_in: { metric: 'sum' }, out: { metric: 'sum', title: 'Tokens written' } };
  const config = { widgets: [{ ...widget, query: { granularity: 'auto', series } }] } as unknown as DraftConfig;
  const [drawn] = drawnWidgets(config);
  expect(drawn?.query).toEqual({
    granularity: 'auto',
    series: [
      { name: 'tokens_in', title: 'Tokens in' },
      { name: 'out', title: 'Tokens written' },
    ],
  });
});

it('leaves other widgets as they are', () => {
  const plain = { ...widget, query: { metric: 'count', group_by: ['model'] } };
  expect(drawnWidgets({ widgets: [plain, widget] })).toEqual([
    { ...plain, query: { ...plain.query, series: null } },
    widget,
  ]);
  expect(drawnWidgets({})).toEqual([]);
});
