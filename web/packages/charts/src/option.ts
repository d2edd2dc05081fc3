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

/** How a name that is no value of its property is written. */
export function setApart(theme: Theme): ChartOption {
  return { fontStyle: 'italic', color: theme.muted };
}

/** The plot as in a mirror: what stood on the left of a drawing this wide stands on its right. */
export function mirrored(plot: Plot, width: number): Plot {
  return { ...plot, left: width - plot.left - plot.width };
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
  rtl = false,
): ChartOption {
  return {
    type: 'value',
    position: rtl ? 'right' : 'left',
    min: scale.min,
    max: scale.max,
    interval: scale.step,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { formatter: format, color: theme.muted, fontSize, margin: 8 },
    splitLine: { lineStyle: { color: theme.grid, width: 1 } },
  };
}
