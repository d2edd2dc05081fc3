/** Lines, areas and bars over time: an ECharts option and the geometry that pointers, tooltips and keyboards need. */

import type { ChartType, Granularity, PointsAnswer, Widget } from '@emban/api/contract';
import { coloursOf } from './colours.ts';
import type { ChartContext, Size } from './context.ts';
import { axisFormatter } from './format/number.ts';
import { figuresOf, type Unit, unitOfWidget } from './format/unit.ts';
import type { NameKind } from './naming.ts';
import { type ChartOption, gridOf, mirrored, type Plot, valueAxis } from './option.ts';
import { type Scale, zeroScale } from './scale.ts';
import { dimensionOf, isAdditive, type Matrix, matrixOf, type Series } from './series.ts';
import { ellipsis, isolated, textWidth } from './text.ts';
import { bucketWalls, granularityOf, isLastIncomplete } from './time/buckets.ts';
import { axisLabels, withYears } from './time/labels.ts';
import { chooseTicks } from './time/ticks.ts';
import { clockOf, type Window } from './time/wall.ts';
import { type Drawing, seriesOptions } from './timeseries-series.ts';

export interface LegendItem {
  readonly key: string;
  readonly name: string;
  readonly kind: NameKind;
  readonly spoken: string;
  readonly colour: string;
  readonly hidden: boolean;
}

export interface TimeseriesView {
  readonly kind: 'timeseries';
  readonly option: ChartOption;
  readonly plot: Plot;
  readonly matrix: Matrix;
  /** Drawn series only, in drawing order, with their colours. */
  readonly shown: readonly { readonly series: Series; readonly colour: string }[];
  /** Empty where the title or labels at the lines' ends say it already. */
  readonly legend: readonly LegendItem[];
  readonly unit: Unit;
  readonly granularity: Granularity;
  /** The wall-clock time of each bucket's start: what labels and names are made of. */
  readonly walls: readonly number[];
  readonly window: Window;
  readonly incomplete: boolean;
  readonly stacked: boolean;
  /** Centre of each bucket, px from the left edge. */
  readonly xs: readonly number[];
  /** Px from the top edge at which series `at` of `shown` stands in bucket `index`; null in a gap. */
  readonly y: (at: number, index: number) => number | null;
}

export interface TimeseriesInput {
  readonly widget: Widget;
  readonly answer: PointsAnswer;
  readonly context: ChartContext;
  readonly size: Size;
  /** Keys of series that the viewer switched off in the legend. */
  readonly hidden?: ReadonlySet<string>;
}

const LABEL_SIZE = 12;
const TOP = 10;
const BOTTOM = 28;
/** Half of a date's width: the last label stands under the last bucket. */
const RIGHT = 26;
/** Labels at the lines' ends need this much chart to stand beside. */
const DIRECT_LABELS_FROM = 420;

function isBar(chart: ChartType): boolean {
  return chart === 'bar' || chart === 'stacked_bar';
}

function isStacked(widget: Widget, count: number): boolean {
  if (count < 2) return false;
  return widget.chart === 'stacked_bar' || (widget.chart === 'area' && isAdditive(widget.query));
}

/** Running sums over the series, bucket by bucket: where the top of each one is. Gaps stay gaps. */
function stackedTops(all: readonly Series[]): (number | null)[][] {
  const sums: number[] = [];
  return all.map(({ values }) =>
    values.map((value, i) => {
      if (value === null) return null;
      sums[i] = (sums[i] ?? 0) + value;
      return sums[i];
    }),
  );
}

function directLabels(widget: Widget, shown: readonly Series[], all: readonly Series[], width: number): boolean {
  return widget.chart === 'line' && all.length === 2 && shown.length === 2 && width >= DIRECT_LABELS_FROM;
}

function bucketCentres(plot: Plot, count: number, bars: boolean): number[] {
  return Array.from({ length: count }, (_, i) => {
    if (bars) return plot.left + ((i + 0.5) * plot.width) / count;
    return plot.left + (count > 1 ? (i * plot.width) / (count - 1) : plot.width / 2);
  });
}

function legendOf(all: readonly Series[], colours: readonly string[], direct: boolean, hidden: ReadonlySet<string>) {
  if (all.length < 2 || direct) return [];
  return all.map(({ key, name, kind, spoken }, i) => ({
    ...{ key, name, kind, spoken },
    colour: colours[i] ?? '',
    hidden: hidden.has(key),
  }));
}

type Time = Pick<TimeseriesView, 'granularity' | 'walls' | 'window' | 'incomplete'>;

function timeOf({ widget, answer, context }: TimeseriesInput, { starts, locals }: Matrix): Time {
  const { timezone, window } = context;
  const granularity = granularityOf(starts, answer.meta?.granularity, widget.query?.granularity);
  const walls = bucketWalls(starts, locals, granularity, clockOf(timezone, window));
  return { granularity, walls, window, incomplete: isLastIncomplete(starts, walls, granularity, window, timezone) };
}

/** The time axis; `xs` are centres as drawn from left to right, which is how labels are chosen in a mirrored chart too. */
function xAxis(input: TimeseriesInput, matrix: Matrix, time: Time, xs: readonly number[]): ChartOption {
  const { locale, theme } = input.context;
  const { granularity, walls } = time;
  const labels = axisLabels(walls, granularity, locale);
  const chosen = chooseTicks(labels, granularity, (i) => xs[i] ?? 0, input.size.width);
  const texts = withYears(walls, labels, chosen, granularity, locale);
  return {
    type: 'category',
    inverse: input.context.rtl === true,
    data: matrix.starts.map(String),
    boundaryGap: isBar(input.widget.chart) || matrix.starts.length === 1,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: theme.border, width: 1 }, onZero: true },
    axisLabel: {
      interval: (index: number) => texts.has(index),
      formatter: (_value: string, index: number) => texts.get(index) ?? '',
      color: theme.muted,
      fontSize: LABEL_SIZE,
      margin: 10,
    },
  };
}

function plotOf(input: TimeseriesInput, scale: Scale, labels: (value: number) => string, right: number): Plot {
  const { width, height } = input.size;
  const left = Math.ceil(Math.max(...scale.ticks.map((tick) => textWidth(labels(tick), LABEL_SIZE)))) + 10;
  return { left, top: TOP, width: Math.max(1, width - left - right), height: Math.max(1, height - TOP - BOTTOM) };
}

function endLabels(shown: readonly Series[], size: Size, rtl: boolean): { names: string[]; width: number } {
  const room = Math.min(140, size.width * 0.25);
  const names = shown.map(({ name }) => ellipsis(name, room, LABEL_SIZE));
  const width = Math.ceil(Math.max(...names.map((name) => textWidth(name, LABEL_SIZE)))) + 12;
  return { names: rtl ? names.map(isolated) : names, width };
}

/** The picture of a time series. `answer.points` may be empty: the caller shows an empty state instead. */
export function timeseriesView(input: TimeseriesInput): TimeseriesView {
  const { widget, answer, context, size } = input;
  const hidden = input.hidden ?? new Set<string>();
  const matrix = matrixOf(widget, answer.points);
  const unit = unitOfWidget(widget, figuresOf(answer));
  const time = timeOf(input, matrix);
  const colours = coloursOf(matrix.series, dimensionOf(widget), context.colours, context.theme);
  const shown = matrix.series
    .map((series, i) => ({ series, colour: colours[i] ?? context.theme.other }))
    .filter(({ series }) => !hidden.has(series.key));
  const drawn = shown.map(({ series }) => series);
  const stacked = isStacked(widget, matrix.series.length);
  const tops = stacked ? stackedTops(drawn) : drawn.map(({ values }) => values);
  const previous = drawn.length === 1 && !isBar(widget.chart) ? (drawn[0]?.previous ?? []) : [];
  const scale = zeroScale([...tops.flat(), ...previous], Math.max(2, Math.min(5, Math.floor(size.height / 44))));
  const format = axisFormatter(Math.max(Math.abs(scale.min), scale.max), scale.step, unit, context.locale);
  const direct = directLabels(widget, drawn, matrix.series, size.width);
  const rtl = context.rtl === true;
  const ends = direct ? endLabels(drawn, size, rtl) : null;
  const straight = plotOf(input, scale, format, ends ? ends.width : RIGHT);
  const centres = bucketCentres(straight, matrix.starts.length, isBar(widget.chart));
  const plot = rtl ? mirrored(straight, size.width) : straight;
  const xs = rtl ? centres.map((x) => size.width - x) : centres;
  const y = (value: number) => plot.top + ((scale.max - value) / (scale.max - scale.min)) * plot.height;
  const drawing: Drawing = {
    chart: widget.chart,
    shown,
    tops,
    stacked,
    incomplete: time.incomplete,
    previous,
    ends,
    y,
    theme: context.theme,
  };
  return {
    kind: 'timeseries',
    option: {
      animation: false,
      grid: gridOf(plot),
      xAxis: xAxis(input, matrix, time, centres),
      yAxis: valueAxis(scale, format, context.theme, LABEL_SIZE, rtl),
      series: seriesOptions(drawing),
    },
    ...{ ...time, plot, matrix, shown, unit, stacked, xs },
    legend: legendOf(matrix.series, colours, direct, hidden),
    y: (at, index) => {
      const top = tops[at]?.[index];
      return top === null || top === undefined ? null : y(top);
    },
  };
}
