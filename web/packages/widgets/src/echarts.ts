/** ECharts with the parts that the charts use and nothing else. */

import { fontFamily } from '@emban/theme';
import { BarChart, LineChart, PieChart } from 'echarts/charts';
import { GridSimpleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import type { Engine } from './engine.ts';

use([LineChart, BarChart, PieChart, GridSimpleComponent, CanvasRenderer]);

/** Pointers and keyboards are served by the widgets' own overlay, so the charts are drawn silent and without animation. */
export const createChart: Engine = (element) => {
  let chart: ReturnType<typeof init> | null = null;
  return {
    draw(option, size) {
      if (chart) chart.resize({ ...size, silent: true });
      else chart = init(element, null, { ...size });
      chart.setOption({ textStyle: { fontFamily }, ...option }, { notMerge: true, silent: true });
    },
    dispose() {
      chart?.dispose();
      chart = null;
    },
  };
};
