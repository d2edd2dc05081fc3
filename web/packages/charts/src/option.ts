/** Pieces of ECharts options that several charts share. */

import type { Theme } from '@emban/theme';
import type { Scale } from './scale.ts';

/** An ECharts option or a part of one. */
export type ChartOption = Record<string, unknown>;

/** The rectangle inside the axes, px from the top left corner of the drawing. */
export interface Plot {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A grid at exactly `plot`: margins are computed here, so that a page and a report get the same picture. */
export function gridOf(plot: Plot): ChartOption {
  return { ...plot, containLabel: false, outerBoundsMode: 'none' };
}

export function valueAxis(
  scale: Scale,
  format: (value: number) => string,
  theme: Theme,
  fontSize: number,
): ChartOption {
  return {
    type: 'value',
    min: scale.min,
    max: scale.max,
    interval: scale.step,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { formatter: format, color: theme.muted, fontSize, margin: 8 },
    splitLine: { lineStyle: { color: theme.grid, width: 1 } },
  };
}
