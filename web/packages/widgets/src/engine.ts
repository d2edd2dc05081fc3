/** The chart engine as the widgets see it: ECharts, loaded by whoever owns the page. */

import type { ChartOption, Size } from '@emban/charts';

export interface Chart {
  draw(option: ChartOption, size: Size): void;
  dispose(): void;
}

/** Puts a chart into an element. The promise lets figures, lists and tables appear before the engine has arrived. */
export type Engine = (element: HTMLElement) => Chart;
