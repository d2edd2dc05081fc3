/** Lines, areas and bars over time: an ECharts option and the geometry that pointers, tooltips and keyboards need. */

import type { PointsAnswer, Widget } from '@emban/api/contract';
import type { Theme } from '@emban/theme';
import { coloursOf } from './colours.ts';
import type { ChartContext, Size } from './context.ts';
import { axisFormatter } from './format/number.ts';
import { figuresOf, type Unit, unitOfWidget } from './format/unit.ts';
import type { NameKind } from './naming.ts';
import { type ChartOption, gridOf, mirrored, type Plot, valueAxis } from './option.ts';
import { type Scale, zeroScale } from './scale.ts';
import { dimensionOf, isAdditive, type Matrix, matrixOf, type Series } from './series.ts';
import { ellipsis, isolated, textWidth } from './text.ts';
import { axisLabels, startsInDay, withDate, withYears } from './time/labels.ts';
import { chooseTicks } from './time/ticks.ts';
import { BEFORE, type LineBefore, linesBefore } from './timeseries-before.ts';
import { type Drawing, isBar, seriesOptions } from './timeseries-series.ts';
import { type Time, timeOf } from './timeseries-time.ts';

export interface LegendItem {
  readonly key: string;
  readonly name: string;
  readonly kind: NameKind;
  readonly spoken: string;
  readonly colour: string;
  readonly hidden: boolean;
  /** Drawn as a dashed line: the window before. */
  readonly dashed: boolean;
  /** The name is that of a window, of no use when it is cut. */
  readonly window: boolean;
}

/** A place of the drawing where a value stands. */
export interface Dot {
  /** Px from the top edge. */
  readonly y: number;
  readonly colour: string;
}

export interface TimeseriesView extends Time {
  readonly kind: 'timeseries';
  readonly option: ChartOption;
  readonly plot: Plot;
  readonly matrix: Matrix;
  /** Drawn series only, in drawing order, with their colours. */
  readonly shown: readonly { readonly series: Series; readonly colour: string }[];
  /** Empty where the title or labels at the lines' ends say it already. */
  readonly legend: readonly LegendItem[];
  readonly unit: Unit;
  readonly stacked: boolean;
  /** Centre of each bucket, px from the left edge. */
  readonly xs: readonly number[];
  /** Px from the top edge at which series `at` of `shown` stands in bucket `index`; null in a gap. */
  readonly y: (at: number, index: number) => number | null;
  /** Everything that stands in bucket `index`, lines of the window before among it. */
  readonly dots: (index: number) => readonly Dot[];
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
const LABEL_LINE = 14;
const TOP = 10;
const BOTTOM = 28;
/** Half of a date's width: the last label stands under the last bucket. */
const RIGHT = 26;
/** Labels at the lines' ends need this much chart to stand beside. */
const DIRECT_LABELS_FROM = 420;

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

interface LegendInput {
  readonly all: readonly Series[];
  readonly colours: readonly string[];
  readonly hidden: ReadonlySet<string>;
  readonly time: Time;
  /** Whether names stand at the lines' ends. */
  readonly direct: boolean;
  /** Whether the window before is drawn, or would be if it were not switched off. */
  readonly compared: boolean;
  readonly bars: boolean;
  readonly theme: Theme;
}

/** Series by name; beside the window before, a series that has none goes by its window. */
function legendOf({ all, colours, hidden, time, direct, compared, bars, theme }: LegendInput): LegendItem[] {
  const items = all.map(({ key, name, kind, spoken }, i) => ({
    ...{ key, name, kind, spoken, colour: colours[i] ?? '', hidden: hidden.has(key), dashed: false, window: false },
  }));
  const [first] = items;
  if (!compared || !time.before) return all.length < 2 || direct ? [] : items;
  const { label } = time.before;
  const before: LegendItem = {
    ...{
      key: BEFORE,
      name: label,
      kind: 'value',
      spoken: label,
      hidden: hidden.has(BEFORE),
      dashed: true,
      window: true,
    },
    colour: bars ? theme.text : theme.muted,
  };
  return first && items.length === 1
    ? [{ ...first, name: time.label, kind: 'value', spoken: time.label, window: true }, before]
    : [...items, before];
}

/** The time axis; `xs` are centres as drawn from left to right, which is how labels are chosen in a mirrored chart too. */
function xAxis(input: TimeseriesInput, matrix: Matrix, time: Time, xs: readonly number[]): ChartOption {
  const { locale, theme } = input.context;
  const { granularity, walls } = time;
  const labels = axisLabels(walls, granularity, locale);
  const chosen = chooseTicks(labels, granularity, (i) => xs[i] ?? 0, input.size.width);
  const years = withYears(walls, labels, chosen, granularity, locale);
  const [first = 0] = chosen;
  const dated = startsInDay(walls, granularity);
  const texts = dated ? withDate(years, first, walls[first] ?? 0, locale) : years;
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
      lineHeight: LABEL_LINE,
      margin: 10,
    },
  };
}

interface Margins {
  readonly right: number;
  readonly bottom: number;
}

function plotOf({ width, height }: Size, scale: Scale, labels: (value: number) => string, margins: Margins): Plot {
  const { right, bottom } = margins;
  const left = Math.ceil(Math.max(...scale.ticks.map((tick) => textWidth(labels(tick), LABEL_SIZE)))) + 10;
  return { left, top: TOP, width: Math.max(1, width - left - right), height: Math.max(1, height - TOP - bottom) };
}

function endLabels(shown: readonly Series[], size: Size, rtl: boolean): { names: string[]; width: number } {
  const room = Math.min(140, size.width * 0.25);
  const names = shown.map(({ name }) => ellipsis(name, room, LABEL_SIZE));
  const width = Math.ceil(Math.max(...names.map((name) => textWidth(name, LABEL_SIZE)))) + 12;
  return { names: rtl ? names.map(isolated) : names, width };
}

/** What is drawn, before it has a place. */
function contentOf(input: TimeseriesInput) {
  const { widget, answer, context } = input;
  const hidden = input.hidden ?? new Set<string>();
  const matrix = matrixOf(widget, answer.points);
  const time = timeOf(widget, answer, context, matrix);
  const colours = coloursOf(matrix.series, dimensionOf(widget), context.colours, context.theme);
  const shown = matrix.series
    .map((series, i) => ({ series, colour: colours[i] ?? context.theme.other }))
    .filter(({ series }) => !hidden.has(series.key));
  const drawn = shown.map(({ series }) => series);
  const stacked = isStacked(widget, matrix.series.length);
  const tops = stacked ? stackedTops(drawn) : drawn.map(({ values }) => values);
  const { count = 0 } = time.before ?? {};
  const lines = { chart: widget.chart, all: matrix.series, shown, stacked, count, theme: context.theme };
  const possible = time.before ? linesBefore(lines) : [];
  const before: readonly LineBefore[] = hidden.has(BEFORE) ? [] : possible;
  const compared = possible.length > 0;
  const direct = !compared && directLabels(widget, drawn, matrix.series, input.size.width);
  const look = { bars: isBar(widget.chart), theme: context.theme };
  const legend = legendOf({ all: matrix.series, colours, hidden, time, direct, compared, ...look });
  return { matrix, time, shown, drawn, stacked, tops, before, direct, legend };
}

/** The picture of a time series. `answer.points` may be empty: the caller shows an empty state instead. */
export function timeseriesView(input: TimeseriesInput): TimeseriesView {
  const { widget, answer, context, size } = input;
  const { matrix, time, shown, drawn, stacked, tops, before, direct, legend } = contentOf(input);
  const unit = unitOfWidget(widget, figuresOf(answer));
  const values = [...tops, ...before.map((line) => line.values)].flat();
  const scale = zeroScale(values, Math.max(2, Math.min(5, Math.floor(size.height / 44))));
  const format = axisFormatter(Math.max(Math.abs(scale.min), scale.max), scale.step, unit, context.locale);
  const rtl = context.rtl === true;
  const ends = direct ? endLabels(drawn, size, rtl) : null;
  const bottom = BOTTOM + (startsInDay(time.walls, time.granularity) ? LABEL_LINE : 0);
  const straight = plotOf(size, scale, format, { right: ends ? ends.width : RIGHT, bottom });
  const centres = bucketCentres(straight, matrix.starts.length, isBar(widget.chart));
  const plot = rtl ? mirrored(straight, size.width) : straight;
  const xs = rtl ? centres.map((x) => size.width - x) : centres;
  const y = (value: number) => plot.top + ((scale.max - value) / (scale.max - scale.min)) * plot.height;
  const { incomplete } = time;
  const drawing: Drawing = {
    ...{ chart: widget.chart, shown, tops, stacked, incomplete, before, ends, y, theme: context.theme },
  };
  const place = (value: number | null | undefined) => (value === null || value === undefined ? null : y(value));
  const dot = (value: number | null | undefined, colour: string) => {
    const height = place(value);
    return height === null ? [] : [{ y: height, colour }];
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
    ...{ ...time, plot, matrix, shown, unit, stacked, xs, legend },
    y: (at, index) => place(tops[at]?.[index]),
    dots: (index) => [
      ...before.flatMap((line) => dot(line.values[index], line.colour)),
      ...shown.flatMap(({ colour }, at) => dot(tops[at]?.[index], colour)),
    ],
  };
}
