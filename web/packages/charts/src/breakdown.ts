/** Values by group: a list, horizontal bars or a donut. */

import type { PointsAnswer, Widget } from '@emban/api/contract';
import { barColours, coloursOf } from './colours.ts';
import type { ChartContext, Size } from './context.ts';
import { formatPercent, formatValue } from './format/number.ts';
import { figuresOf, type Unit, unitOfWidget } from './format/unit.ts';
import type { NameKind } from './naming.ts';
import { type ChartOption, gridOf, mirrored, type Plot, setApart } from './option.ts';
import { dimensionOf, groupKey, isAdditive, largest, MOST_SERIES, type Series, toMatrix } from './series.ts';
import { ellipsis, isolated, textWidth } from './text.ts';

export interface BreakdownRow {
  readonly key: string;
  readonly name: string;
  readonly kind: NameKind;
  readonly spoken: string;
  /** The value to drill into, empty for events without the dimension; null for "other" and for groups of two dimensions. */
  readonly drill: string | null;
  readonly value: number | null;
  readonly text: string;
  readonly full: string;
  /** Part of the total, 0 to 1; null where values cannot be added up. */
  readonly share: number | null;
  readonly shareText: string;
  /** Length of the row's bar against the longest, 0 to 1. */
  readonly length: number;
  readonly colour: string;
  readonly deltaPct: number | null;
}

export interface BreakdownView {
  readonly kind: 'breakdown';
  readonly rows: readonly BreakdownRow[];
  readonly unit: Unit;
  /** Sum of all rows where that means something. */
  readonly total: string | null;
  /** Groups left out because they cannot be added up into "other". */
  readonly omitted: number;
  /** Whether rows carry colours that other widgets repeat. */
  readonly coloured: boolean;
}

interface RowParts {
  readonly series: readonly Series[];
  readonly drills: ReadonlyMap<string, string | null>;
  readonly deltas: ReadonlyMap<string, number | null>;
  readonly colours: readonly string[];
}

const total = (series: readonly Series[]) => series.reduce((sum, one) => sum + (one.values[0] ?? 0), 0);

function rowsOf(parts: RowParts, widget: Widget, unit: Unit, context: ChartContext): BreakdownRow[] {
  const sum = total(parts.series);
  const longest = Math.max(0, ...parts.series.map((one) => Math.abs(one.values[0] ?? 0)));
  const shares = isAdditive(widget.query) && sum > 0;
  return parts.series.map((one, i) => {
    const value = one.values[0] ?? null;
    const share = shares && value !== null ? value / sum : null;
    return {
      key: one.key,
      name: one.name,
      kind: one.kind,
      spoken: one.spoken,
      drill: parts.drills.get(one.key) ?? null,
      value,
      text: formatValue(value, unit, context.locale, 'tight'),
      full: formatValue(value, unit, context.locale, 'full'),
      share,
      shareText: share === null ? '' : formatPercent(share * 100, context.locale),
      length: value === null || longest === 0 ? 0 : Math.abs(value) / longest,
      colour: parts.colours[i] ?? context.theme.other,
      deltaPct: parts.deltas.get(one.key) ?? null,
    };
  });
}

function coloursFor(series: readonly Series[], widget: Widget, context: ChartContext): string[] {
  const dimension = dimensionOf(widget);
  if (widget.chart === 'donut') return coloursOf(series, dimension, context.colours, context.theme);
  const keys = series.map((one) => (one.other ? null : one.key));
  return barColours(keys, dimension, context.colours, context.theme);
}

/** Rows of a breakdown, heaviest first and "other" last. A donut has at most six. */
export function breakdownView(widget: Widget, answer: PointsAnswer, context: ChartContext): BreakdownView {
  const all = toMatrix(answer.points).series;
  const additive = isAdditive(widget.query);
  const most = widget.chart === 'donut' ? MOST_SERIES : Math.max(1, all.length);
  const { series, omitted } = largest(all, additive, most);
  const single = (point: PointsAnswer['points'][number]) =>
    point.other || point.group.length !== 1 ? null : (point.group[0] ?? '');
  const parts: RowParts = {
    series,
    drills: new Map(answer.points.map((point) => [groupKey(point), single(point)])),
    deltas: new Map(answer.points.map((point) => [groupKey(point), point.delta_pct ?? null])),
    colours: coloursFor(series, widget, context),
  };
  const unit = unitOfWidget(widget, figuresOf(answer));
  return {
    kind: 'breakdown',
    rows: rowsOf(parts, widget, unit, context),
    unit,
    total: additive ? formatValue(total(series), unit, context.locale, 'tight') : null,
    omitted,
    coloured: widget.chart === 'donut' || Boolean(context.colours.get(dimensionOf(widget))?.size),
  };
}

export interface BarsPicture {
  readonly option: ChartOption;
  readonly plot: Plot;
  /** Height of one row in px: row `i` is centred at `plot.top + (i + 0.5) * rowHeight`. */
  readonly rowHeight: number;
  /** How many rows are drawn; the others are in the table view. */
  readonly drawn: number;
}

const FONT = 12;
const LEAST_ROW = 22;
const MOST_ROW = 40;
/** A bar shorter than this says nothing. */
const LEAST_BAR = 12;

function barOption(rows: readonly BreakdownRow[], plot: Plot, names: readonly string[], context: ChartContext) {
  const longest = Math.max(0, ...rows.map((row) => row.value ?? 0));
  const least = Math.min(0, ...rows.map((row) => row.value ?? 0));
  return {
    animation: false,
    grid: gridOf(plot),
    xAxis: { type: 'value', min: least, max: longest || 1, show: false, inverse: context.rtl === true },
    yAxis: {
      type: 'category',
      inverse: true,
      position: context.rtl ? 'right' : 'left',
      data: rows.map((row) =>
        row.kind === 'value' ? row.key : { value: row.key, textStyle: setApart(context.theme) },
      ),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: {
        interval: 0,
        formatter: (_key: string, i: number) => names[i] ?? '',
        color: context.theme.text,
        fontSize: FONT,
        margin: 10,
      },
    },
    series: [
      {
        type: 'bar',
        silent: true,
        barWidth: '58%',
        showBackground: true,
        backgroundStyle: { color: context.theme.grid, borderRadius: 3 },
        label: {
          show: true,
          position: context.rtl ? 'left' : 'right',
          formatter: ({ dataIndex }: { dataIndex: number }) => rows[dataIndex]?.text ?? '',
          color: context.theme.text,
          fontSize: FONT,
          distance: 6,
        },
        data: rows.map((row) => ({ value: row.value ?? 0, itemStyle: { color: row.colour, borderRadius: 3 } })),
      },
    ],
  };
}

/** Horizontal bars: names on the left, ends of the bars labelled, as many rows as can be read in this height. */
export function barsPicture(view: BreakdownView, context: ChartContext, size: Size): BarsPicture {
  const drawn = Math.max(1, Math.min(view.rows.length, Math.floor(size.height / LEAST_ROW)));
  const rows = view.rows.slice(0, drawn);
  const right = Math.ceil(Math.max(...rows.map((row) => textWidth(row.text, FONT)))) + 14;
  // Figures come first: where they leave too little, names are cut to their first letters.
  const spare = size.width - right - 12 - LEAST_BAR;
  const room = Math.max(0, Math.min(spare, Math.max(60, Math.min(200, size.width * 0.36))));
  const names = rows.map((row) => ellipsis(row.name, room, FONT));
  const left = Math.ceil(Math.max(...names.map((name) => textWidth(name, FONT)))) + 12;
  const rowHeight = Math.min(MOST_ROW, size.height / drawn);
  const straight = { left, top: 0, width: Math.max(1, size.width - left - right), height: rowHeight * drawn };
  const plot = context.rtl ? mirrored(straight, size.width) : straight;
  const written = context.rtl ? names.map(isolated) : names;
  return { option: barOption(rows, plot, written, context), plot, rowHeight, drawn };
}

export interface DonutPicture {
  readonly option: ChartOption;
  readonly centre: readonly [number, number];
  readonly inner: number;
  readonly outer: number;
  /** Angle in radians, clockwise from twelve o'clock, at which each row's slice ends. */
  readonly ends: readonly number[];
}

/** A ring in the middle of `size`. Names and figures stand beside it in a legend, the total inside: both are the page's. */
export function donutPicture(view: BreakdownView, context: ChartContext, size: Size): DonutPicture {
  const outer = Math.max(10, Math.min(size.width, size.height) / 2 - 2);
  const inner = outer * 0.66;
  const centre = [size.width / 2, size.height / 2] as const;
  const values = view.rows.map((row) => Math.max(0, row.value ?? 0));
  const sum = values.reduce((all, value) => all + value, 0);
  let angle = 0;
  const ends = values.map((value) => {
    angle += sum ? (value / sum) * 2 * Math.PI : 0;
    return angle;
  });
  const option = {
    animation: false,
    series: [
      {
        type: 'pie',
        silent: true,
        center: [...centre],
        radius: [inner, outer],
        startAngle: 90,
        label: { show: false },
        labelLine: { show: false },
        itemStyle: { borderColor: context.theme.card, borderWidth: 1.5 },
        data: view.rows.map((row, i) => ({ value: values[i], name: row.name, itemStyle: { color: row.colour } })),
      },
    ],
  };
  return { option, centre, inner, outer, ends };
}

/** Which slice of a donut is under a point, or -1. */
export function sliceAt(picture: DonutPicture, x: number, y: number): number {
  const [dx, dy] = [x - picture.centre[0], y - picture.centre[1]];
  const radius = Math.hypot(dx, dy);
  if (radius < picture.inner || radius > picture.outer) return -1;
  const angle = (Math.atan2(dx, -dy) + 2 * Math.PI) % (2 * Math.PI);
  return picture.ends.findIndex((end) => angle < end);
}
