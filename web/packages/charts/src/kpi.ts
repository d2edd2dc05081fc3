/** One number: how it reads, where it comes from, how far it has come. */

import type { PointsAnswer, Widget } from '@emban/api/contract';
import type { ChartContext } from './context.ts';
import { formatPercent, formatValue } from './format/number.ts';
import { plain, type Unit, unitOfWidget, figuresOf as valuesOf } from './format/unit.ts';
import { isAdditive } from './series.ts';
import { previousName } from './time/periods.ts';

export interface Delta {
  /** `new` is a rise from zero, which has no percentage. */
  readonly direction: 'up' | 'down' | 'flat' | 'new';
  readonly tone: 'good' | 'bad' | 'neutral';
  /** `+12.4%`, `new`. */
  readonly text: string;
  /** `vs previous 7 days`. */
  readonly versus: string;
  /** `previous 7 days: 1,100`, in full. */
  readonly full: string;
}

export interface KpiView {
  readonly kind: 'kpi';
  /** False where there is no number at all. */
  readonly hasValue: boolean;
  readonly text: string;
  /** A word such as `tokens` that stands beside the figure in small; empty where the unit is part of the figure. */
  readonly word: string;
  /** Figure and unit with every digit. */
  readonly full: string;
  readonly delta: Delta | null;
  readonly progress: { readonly ratio: number; readonly text: string; readonly target: string } | null;
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
  if (!isAdditive(widget.query)) {
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

function deltaOf(figures: Figures, widget: Widget, unit: Unit, context: ChartContext): Delta | null {
  const { value, previous } = figures;
  if (value === null || previous === undefined || previous === null) return null;
  const against = previousName(context.period, context.locale);
  const versus = `vs ${against}`;
  const full = `${against}: ${formatValue(previous, unit, context.locale)}`;
  if (previous === 0) {
    if (value === 0)
      return { direction: 'flat', tone: 'neutral', text: formatPercent(0, context.locale), versus, full };
    const tone = toneOf(value, widget.good);
    return { direction: 'new', tone, text: 'new', versus, full };
  }
  const percent = figures.deltaPct ?? ((value - previous) / Math.abs(previous)) * 100;
  // What rounds to 0.0% is no news, whichever way it went.
  const rise = Math.abs(percent) < 0.05 ? 0 : percent;
  return {
    direction: rise > 0 ? 'up' : rise < 0 ? 'down' : 'flat',
    tone: toneOf(rise, widget.good),
    text: formatPercent(rise, context.locale, true),
    versus,
    full,
  };
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
    text: formatValue(figures.value, unit.kind === 'word' ? plain : unit, context.locale, 'tight'),
    word: unit.kind === 'word' && figures.value !== null ? unit.word : '',
    full: formatValue(figures.value, unit, context.locale, 'full'),
    delta: deltaOf(figures, widget, unit, context),
    progress: progressOf(figures.value, widget, unit, context),
  };
}
