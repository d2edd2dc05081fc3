/** One number: how it reads, where it comes from, how far it has come. */

import type { Meta, PointsAnswer, Widget } from '@emban/api/contract';
import type { ChartContext } from './context.ts';
import { formatPercent, formatValue } from './format/number.ts';
import { plain, type Unit, unitOfWidget, figuresOf as valuesOf } from './format/unit.ts';
import { figureTitle, isAdditive, isRolling } from './series.ts';
import { beforeLabel } from './timeseries-time.ts';

export interface Delta {
  /** `new` is a rise from zero, which has no percentage. */
  readonly direction: 'up' | 'down' | 'flat' | 'new';
  readonly tone: 'good' | 'bad' | 'neutral';
  /** `+12.4%`, `new`, `no change`. */
  readonly text: string;
  /** `vs Oct 1 – 27`. */
  readonly versus: string;
  /** `Oct 1 – 27: 1,100`, in full. */
  readonly full: string;
}

export interface KpiView {
  readonly kind: 'kpi';
  /** False where there is no number at all. */
  readonly hasValue: boolean;
  readonly value: number | null;
  readonly text: string;
  /** A word such as `tokens` that stands beside the figure in small; empty where the unit is part of the figure. */
  readonly word: string;
  /** Figure and unit with every digit. */
  readonly full: string;
  readonly delta: Delta | null;
  readonly progress: { readonly ratio: number; readonly text: string; readonly target: string } | null;
}

/** One of the figures of a card that has several. */
export interface KpiFigure {
  readonly title: string;
  readonly view: KpiView;
}

interface Figures {
  readonly value: number | null;
  readonly previous: number | null | undefined;
  readonly deltaPct: number | null | undefined;
}

/** The one point of the answer; over several buckets or groups their sum where that is right, else the last. */
function figuresOf(widget: Widget, { points }: PointsAnswer): Figures {
  const [first] = points;
  if (points.length < 2 || !first) {
    return { value: first?.value ?? null, previous: first?.previous_value, deltaPct: first?.delta_pct };
  }
  if (!isAdditive(widget.query) || isRolling(widget.query)) {
    const last = points.at(-1);
    return { value: last?.value ?? null, previous: last?.previous_value, deltaPct: last?.delta_pct };
  }
  const sum = (pick: (point: PointsAnswer['points'][number]) => number | null | undefined) =>
    points.reduce((all, point) => all + (pick(point) ?? 0), 0);
  const compared = points.some((point) => typeof point.previous_value === 'number');
  const value = sum((point) => point.value);
  const previous = compared ? sum((point) => point.previous_value) : undefined;
  return { value, previous, deltaPct: previous ? ((value - previous) / previous) * 100 : null };
}

function toneOf(rise: number, good: Widget['good']): Delta['tone'] {
  if (rise === 0 || !good) return 'neutral';
  return rise > 0 === (good === 'up') ? 'good' : 'bad';
}

interface Measure {
  readonly widget: Widget;
  readonly unit: Unit;
  readonly meta: Meta | undefined;
}

function deltaOf(figures: Figures, { widget, unit, meta }: Measure, context: ChartContext): Delta | null {
  const { value, previous } = figures;
  if (value === null || previous === undefined || previous === null) return null;
  const against = beforeLabel(meta, context);
  const versus = `vs ${against}`;
  const full = `${against}: ${formatValue(previous, unit, context.locale)}`;
  if (previous === 0 && value !== 0) {
    return { direction: 'new', tone: toneOf(value, widget.good), text: 'new', versus, full };
  }
  const percent = previous === 0 ? 0 : (figures.deltaPct ?? ((value - previous) / Math.abs(previous)) * 100);
  // What rounds to 0.0% is no news, whichever way it went.
  if (Math.abs(percent) < 0.05) return { direction: 'flat', tone: 'neutral', text: 'no change', versus, full };
  const text = formatPercent(percent, context.locale, true);
  return { direction: percent > 0 ? 'up' : 'down', tone: toneOf(percent, widget.good), text, versus, full };
}

function progressOf(value: number | null, widget: Widget, unit: Unit, context: ChartContext): KpiView['progress'] {
  const { target } = widget;
  if (widget.chart !== 'progress' || value === null || typeof target !== 'number' || target <= 0) return null;
  const ratio = value / target;
  return {
    ratio: Math.min(1, Math.max(0, ratio)),
    text: formatPercent(ratio * 100, context.locale),
    target: formatValue(target, unit, context.locale, 'tight'),
  };
}

export function kpiView(widget: Widget, answer: PointsAnswer, context: ChartContext): KpiView {
  const figures = figuresOf(widget, answer);
  const unit = unitOfWidget(widget, [...valuesOf(answer), figures.value, widget.target]);
  return {
    kind: 'kpi',
    hasValue: figures.value !== null,
    value: figures.value,
    text: formatValue(figures.value, unit.kind === 'word' ? plain : unit, context.locale, 'tight'),
    word: unit.kind === 'word' && figures.value !== null ? unit.word : '',
    full: formatValue(figures.value, unit, context.locale, 'full'),
    delta: deltaOf(figures, { widget, unit, meta: answer.meta }, context),
    progress: progressOf(figures.value, widget, unit, context),
  };
}

/** The figures of a card that has several, in the order of the answer; empty for a card of one. */
export function kpiFigures(widget: Widget, answer: PointsAnswer, context: ChartContext): KpiFigure[] {
  const names = new Set(answer.points.flatMap(({ series }) => (typeof series === 'string' ? [series] : [])));
  return [...names].map((name) => {
    const points = answer.points.filter((point) => point.series === name);
    return { title: figureTitle(widget.query, name), view: kpiView(widget, { ...answer, points }, context) };
  });
}
