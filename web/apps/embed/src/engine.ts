/** Entry of the embed page's second script: ECharts. Deferred scripts run in order, so the first one is there already. */

import { createChart } from '@emban/widgets/echarts';

globalThis.__embanEngine?.resolve(createChart);
