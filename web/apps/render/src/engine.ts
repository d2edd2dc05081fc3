/**
 * ECharts without a DOM: an option in, lines and areas as an SVG out, and the labels beside it. Labels are not left in the SVG: what sets the rest of a
 * report knows the fonts of every script and how each is shaped, what draws SVGs does not.
 */

import type { ChartOption, Size } from '@emban/charts';
import { BarChart, LineChart, PieChart } from 'echarts/charts';
import { GridSimpleComponent } from 'echarts/components';
import { init, setPlatformAPI, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { measureFont } from './measure.ts';
import type { Drawing, Label } from './view.ts';

use([LineChart, BarChart, PieChart, GridSimpleComponent, SVGRenderer]);
setPlatformAPI({ measureText: measureFont as (text: string, font?: string) => { width: number } });

const TEXT = /<text\b([^>]*)>([^<]*)<\/text>/g;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" };
/** Where a text's middle, bottom or top is above its baseline, in em: Inter's ascent is 0.96875, its descent 0.2412. */
const ABOVE_BASELINE: Readonly<Record<string, number>> = { central: 0.3637, 'text-before-edge': 0.96875 };

function attribute(attributes: string, name: string): string {
  return new RegExp(`(?:^|[\\s;"])${name}\\s*[=:]\\s*"?([^";]*)`).exec(attributes)?.[1]?.trim() ?? '';
}

function labelOf(attributes: string, content: string): Label {
  const [, dx = '0', dy = '0'] = /translate\(([-\d.e]+)[ ,]+([-\d.e]+)\)/.exec(attributes) ?? [];
  const size = Number.parseFloat(attribute(attributes, 'font-size')) || 12;
  const above = ABOVE_BASELINE[attribute(attributes, 'dominant-baseline')] ?? 0;
  return {
    text: content.replace(/&(#?\w+);/g, (whole, name) => ENTITIES[name] ?? whole),
    x: Number(dx) + Number(attribute(attributes, 'x') || 0),
    y: Number(dy) + Number(attribute(attributes, 'y') || 0) + above * size,
    anchor: attribute(attributes, 'text-anchor') || 'start',
    size,
    colour: attribute(attributes, 'fill') || '#000000',
    apart: attribute(attributes, 'font-style') === 'italic',
  };
}

/** The drawing as a document of its own, and its labels. */
export function draw(option: ChartOption, size: Size): Drawing {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption({ textStyle: { fontFamily: 'Inter' }, ...option }, { notMerge: true, silent: true });
    const labels: Label[] = [];
    const svg = chart.renderToSVGString().replace(TEXT, (_, attributes: string, content: string) => {
      labels.push(labelOf(attributes, content));
      return '';
    });
    return { svg, labels, ...size };
  } finally {
    chart.dispose();
  }
}
