/** The `series` part of a time series' ECharts option. */

import type { ChartType } from '@emban/api/contract';
import type { Theme } from '@emban/theme';
import { type ChartOption, setApart } from './option.ts';
import type { Series } from './series.ts';
import type { LineBefore } from './timeseries-before.ts';

export interface Drawing {
  readonly chart: ChartType;
  readonly shown: readonly { readonly series: Series; readonly colour: string }[];
  /** Values as drawn: running sums where stacked. */
  readonly tops: readonly (readonly (number | null)[])[];
  readonly stacked: boolean;
  readonly incomplete: boolean;
  /** Lines of the window before, by bucket. */
  readonly before: readonly LineBefore[];
  /** Names to write at the lines' ends. */
  readonly ends: { readonly names: readonly string[] } | null;
  readonly y: (value: number) => number;
  readonly theme: Theme;
}

export function isBar(chart: ChartType): boolean {
  return chart === 'bar' || chart === 'stacked_bar';
}

/** How ECharts writes a gap. */
const GAP = '-';
const FADED = 0.45;
const END_LABEL_HEIGHT = 15;

/** A value with nothing on either side draws no line: it needs a dot to be seen. */
function isAlone(values: readonly (number | null)[], i: number): boolean {
  return values[i] !== null && (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null;
}

function lineData(values: readonly (number | null)[], draw: (i: number) => boolean): unknown[] {
  return values.map((value, i) => {
    if (value === null || !draw(i)) return GAP;
    return isAlone(values, i) ? { value, symbol: 'circle', symbolSize: 6 } : value;
  });
}

/** Down or up shifts that keep two labels at the lines' ends from covering each other. */
function endOffsets(drawing: Drawing): number[] {
  const ys = drawing.tops.map((values) => drawing.y(values.findLast((value) => value !== null) ?? 0));
  const [first = 0, second = 0] = ys;
  const missing = END_LABEL_HEIGHT - Math.abs(first - second);
  if (ys.length !== 2 || missing <= 0) return ys.map(() => 0);
  const up = -missing / 2;
  return first <= second ? [up, -up] : [-up, up];
}

function areaOf(drawing: Drawing, colour: string): ChartOption {
  if (drawing.chart !== 'area') return {};
  return { areaStyle: { color: colour, opacity: drawing.stacked ? 0.32 : 0.12 } };
}

function lineSeries(drawing: Drawing, at: number, offsets: readonly number[]): ChartOption[] {
  const { series, colour } = drawing.shown[at] as Drawing['shown'][number];
  const last = series.values.length - 1;
  const split = drawing.incomplete && last > 0;
  const common = {
    type: 'line',
    name: series.name,
    silent: true,
    symbol: 'none',
    showAllSymbol: true,
    connectNulls: false,
    clip: false,
    itemStyle: { color: colour },
  };
  const label = drawing.ends
    ? {
        endLabel: {
          show: true,
          formatter: drawing.ends.names[at],
          color: drawing.theme.text,
          ...(series.kind === 'value' ? {} : setApart(drawing.theme)),
          fontSize: 12,
          offset: [0, offsets[at] ?? 0],
        },
      }
    : {};
  const whole = {
    ...common,
    ...areaOf(drawing, colour),
    ...(drawing.stacked ? { stack: 'whole' } : {}),
    lineStyle: { color: colour, width: 2 },
    data: lineData(series.values, (i) => !split || i < last),
  };
  if (!split) return [{ ...whole, ...label }];
  const tail = {
    ...common,
    ...(drawing.chart === 'area' ? { areaStyle: { color: colour, opacity: drawing.stacked ? 0.14 : 0.05 } } : {}),
    ...(drawing.stacked ? { stack: 'tail' } : {}),
    ...label,
    lineStyle: { color: colour, width: 2, type: [4, 4] },
    data: lineData(series.values, (i) => i >= last - 1),
  };
  return [whole, tail];
}

function barSeries(drawing: Drawing, at: number): ChartOption {
  const { series, colour } = drawing.shown[at] as Drawing['shown'][number];
  const last = series.values.length - 1;
  const top = !drawing.stacked || at === drawing.shown.length - 1;
  return {
    type: 'bar',
    name: series.name,
    silent: true,
    ...(drawing.stacked ? { stack: 'whole' } : {}),
    barMaxWidth: 44,
    barCategoryGap: '28%',
    barGap: '8%',
    itemStyle: { color: colour, borderRadius: top ? [2, 2, 0, 0] : 0 },
    data: series.values.map((value, i) => {
      if (value === null) return GAP;
      return drawing.incomplete && i === last ? { value, itemStyle: { opacity: FADED } } : value;
    }),
  };
}

/** Dashed and thin, behind lines; over bars, which would hide it, on a seam of the card's colour that sets it apart from theirs. */
function seriesBefore(drawing: Drawing): ChartOption[] {
  const several = drawing.before.length > 1;
  return drawing.before.flatMap(({ values, colour }) => {
    const line = {
      ...{ type: 'line', name: 'before', silent: true, symbol: 'none', showAllSymbol: true, connectNulls: false },
      clip: false,
      z: 1,
      itemStyle: { color: colour, opacity: several ? 0.6 : 1 },
      lineStyle: { color: colour, width: 1.5, type: [3, 3], opacity: several ? 0.6 : 1 },
      data: lineData(values, () => true),
    };
    if (!isBar(drawing.chart)) return [line];
    const seam = { color: drawing.theme.card, width: 4, opacity: 0.8, join: 'round', cap: 'round' };
    const style = { ...line.lineStyle, color: drawing.theme.text };
    return [
      { ...line, name: 'seam', z: 3, lineStyle: seam, data: values.map((value) => value ?? GAP) },
      { ...line, z: 4, lineStyle: style, itemStyle: { color: drawing.theme.text } },
    ];
  });
}

export function seriesOptions(drawing: Drawing): ChartOption[] {
  const all = drawing.shown.map((_, at) => at);
  const before = seriesBefore(drawing);
  if (isBar(drawing.chart)) {
    return [...all.map((at) => barSeries(drawing, at)), ...before];
  }
  const offsets = drawing.ends ? endOffsets(drawing) : [];
  return [...before, ...all.flatMap((at) => lineSeries(drawing, at, offsets))];
}
