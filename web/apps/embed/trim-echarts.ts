/**
 * Leaves out parts of ECharts that cannot be reached from the options that `@emban/charts` makes, but that its core imports anyway. The build
 * fails when one of them no longer exists, so an upgrade cannot bring them back unnoticed. Together 14 kB gzipped.
 */

import type { Plugin } from 'vite';

const NOTHING: Readonly<Record<string, string>> = {
  // Rewrites options in the style of ECharts 2 and 3.
  'echarts/lib/preprocessor/backwardCompat.js': 'export default function () {}',
  // The second built-in language.
  'echarts/lib/i18n/langZH.js': 'export default {};',
  // Patterns on bars and slices.
  'echarts/lib/util/decal.js': 'export function createOrUpdatePatternFromDecal() { return null; }',
  // Pointers on the canvas: the widgets' own overlay serves them.
  'zrender/lib/dom/HandlerProxy.js': 'export default class { dispose() {} }',
  // Symbols and shapes from SVG paths.
  'zrender/lib/tool/path.js':
    'const none = () => null; export { none as createFromString, none as extendFromString, none as mergePath, none as clonePath };',
  // Transforms of data sets: data comes with the series.
  'echarts/lib/data/helper/transform.js':
    'const none = () => null; export { none as registerExternalTransform, none as applyDataTransform };',
  // Two value axes with ticks side by side.
  'echarts/lib/coord/axisAlignTicks.js': 'export function scaleCalcAlign() {}',
  // Labels around a pie: the donut has none, its legend stands beside it.
  'echarts/lib/chart/pie/labelLayout.js': 'export default function () {}',
};

/** Emptying an element as Trusted Types allow it: assigning to innerHTML, even an empty text, is what the page's policy forbids. */
const PAINTER = 'zrender/lib/canvas/Painter.js';
const EMPTYING = "root.innerHTML = '';";

export function trimEcharts(): Plugin {
  const unseen = new Set([...Object.keys(NOTHING), PAINTER]);
  return {
    name: 'emban-trim-echarts',
    enforce: 'pre',
    load(id) {
      const path = Object.keys(NOTHING).find((one) => id.endsWith(`/node_modules/${one}`));
      if (!path) return null;
      unseen.delete(path);
      return NOTHING[path] ?? null;
    },
    transform(code, id) {
      if (!id.endsWith(`/node_modules/${PAINTER}`) || !code.includes(EMPTYING)) return null;
      unseen.delete(PAINTER);
      return { code: code.replaceAll(EMPTYING, 'root.replaceChildren();'), map: null };
    },
    buildEnd(error) {
      if (!error && unseen.size)
        throw new Error(`ECharts is not what trim-echarts.ts expects: ${[...unseen].join(', ')}`);
    },
  };
}
