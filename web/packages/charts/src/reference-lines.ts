/** Lines across a chart at one value: goals and thresholds. */

import type { Widget } from '@emban/api/contract';
import type { Theme } from '@emban/theme';
import { formatValue } from './format/number.ts';
import type { Unit } from './format/unit.ts';
import type { ChartOption } from './option.ts';

export interface DrawnLine {
  readonly value: number;
  readonly kind: 'goal' | 'threshold';
  /** `Budget: $90`, or `Goal: $90` where the line has no name. */
  readonly text: string;
  readonly colour: string;
}

export function linesOf(widget: Widget, unit: Unit, locale: string, theme: Theme): DrawnLine[] {
  return (widget.lines ?? []).map(({ value, kind = 'goal', label }) => ({
    ...{ value, kind, colour: kind === 'goal' ? theme.positive : theme.warning },
    text: `${label || (kind === 'goal' ? 'Goal' : 'Threshold')}: ${formatValue(value, unit, locale, 'tight')}`,
  }));
}

/** The lines as a part of a series; `axis` is the one that values are on. */
export function lineMarks(lines: readonly DrawnLine[], axis: 'xAxis' | 'yAxis', rtl: boolean): ChartOption {
  if (lines.length === 0) return {};
  const place =
    axis === 'xAxis' ? { position: 'end', distance: 3 } : { position: rtl ? 'insideStartTop' : 'insideEndTop' };
  return {
    markLine: {
      silent: true,
      symbol: 'none',
      animation: false,
      data: lines.map(({ value, text, colour }) => ({
        [axis]: value,
        lineStyle: { color: colour, width: 1.5, type: [6, 4] },
        label: { formatter: () => text, color: colour, fontSize: 12, ...place },
      })),
    },
  };
}

/** The lines in words, for people who do not see them; empty for none. */
export function linesSummary(lines: readonly DrawnLine[]): string {
  return lines.length ? ` ${lines.map(({ text }) => text).join('; ')}.` : '';
}
