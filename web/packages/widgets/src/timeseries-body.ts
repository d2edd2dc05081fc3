/** Lines, areas and bars over time in a card. */

import type { PointsAnswer } from '@emban/api/contract';
import {
  type LegendItem,
  type TimeseriesView,
  timeseriesSlice,
  timeseriesSummary,
  timeseriesTooltip,
  timeseriesView,
} from '@emban/charts';
import type { Body, BodyInput, Host } from './body.ts';
import { h, setVars } from './dom.ts';
import type { Explorable } from './explore.ts';
import { nameClass, nameText } from './name.ts';
import { type Paint, Plot } from './plot.ts';

/** The bucket whose centre is nearest to x; -1 above and beside the plot. */
function nearest(xs: readonly number[], x: number): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  xs.forEach((centre, i) => {
    const distance = Math.abs(centre - x);
    if (distance < least) [best, least] = [i, distance];
  });
  return best;
}

function marks(view: TimeseriesView, index: number, bars: boolean): HTMLElement[] {
  const x = view.xs[index] ?? 0;
  const { top, height, width } = view.plot;
  const line = h('div', { class: bars ? 'ew-band' : 'ew-cross' });
  const band = width / Math.max(1, view.xs.length);
  setVars(line, {
    '--ew-x': `${bars ? x - band / 2 : x}px`,
    '--ew-y': `${top}px`,
    '--ew-w': `${bars ? band : 1}px`,
    '--ew-h': `${height}px`,
  });
  if (bars) return [line];
  const dots = view.dots(index).map(({ y, colour }) => {
    const dot = h('div', { class: 'ew-dot' });
    setVars(dot, { '--ew-x': `${x}px`, '--ew-y': `${y}px`, '--ew-colour': colour });
    return dot;
  });
  return [line, ...dots];
}

/** The series whose mark is nearest to a height, or in stacked bars the one whose part of the bar is there. */
function seriesAt(view: TimeseriesView, bars: boolean, index: number, y: number): number {
  if (view.shown.length < 2) return -1;
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  view.shown.forEach((_, at) => {
    const top = view.y(at, index);
    if (top === null) return;
    const distance = view.stacked && bars ? y - top : Math.abs(y - top);
    if (distance >= 0 && distance < least) [best, least] = [at, distance];
  });
  return best;
}

function explorable(host: Host, view: TimeseriesView, input: BodyInput, overlay: HTMLElement): Explorable {
  const bars = input.widget.chart === 'bar' || input.widget.chart === 'stacked_bar';
  const { left, top, width, height } = view.plot;
  const clear = bars ? width / Math.max(1, view.xs.length) / 2 : 0;
  return {
    count: view.xs.length,
    rtl: input.context.rtl === true,
    seriesAt: (index, y) => seriesAt(view, bars, index, y),
    indexAt: (x) => (x < left - 12 || x > left + width + 12 ? -1 : nearest(view.xs, x)),
    tooltip: (index) => timeseriesTooltip(view, index, input.widget.title, input.context),
    anchor: (index) => ({ x: view.xs[index] ?? 0, y: top + height / 2, clear }),
    mark: (index) => overlay.replaceChildren(...(index < 0 ? [] : marks(view, index, bars))),
    opener: (index, at) => {
      const series = at < 0 && view.shown.length === 1 ? 0 : at;
      const slice = timeseriesSlice(view, input.widget, index, series);
      return (slice && host.driller?.(input.widget, slice)) ?? null;
    },
  };
}

const paintWith =
  (host: Host): Paint =>
  (input, size, overlay) => {
    const answer = input.answer as PointsAnswer;
    const view = timeseriesView({ widget: input.widget, answer, context: input.context, hidden: input.hidden, size });
    return {
      option: view.option,
      summary: timeseriesSummary(view, input.widget, input.context),
      explorable: explorable(host, view, input, overlay),
      legend: view.legend,
    };
  };

function legendItem(item: LegendItem, toggle: (key: string) => void): HTMLElement {
  const swatch = h('span', { class: item.dashed ? 'ew-swatch ew-swatch-dashed' : 'ew-swatch', 'aria-hidden': 'true' });
  setVars(swatch, { '--ew-colour': item.colour });
  const pressed = String(!item.hidden);
  const attributes = {
    type: 'button',
    class: item.window ? 'ew-legend-item ew-legend-window' : 'ew-legend-item',
    'aria-pressed': pressed,
    title: item.name,
    'data-key': item.key,
  };
  return h(
    'li',
    {},
    h(
      'button',
      { ...attributes, onclick: () => toggle(item.key) },
      swatch,
      h('span', { class: nameClass('ew-legend-name', item) }, ...nameText(item.name, item)),
    ),
  );
}

/** Rebuilds the legend only when it says something new, so that a button keeps the focus while the chart is redrawn. */
function showLegend(list: HTMLElement, items: readonly LegendItem[], toggle: (key: string) => void): void {
  const state = JSON.stringify(items);
  if (list.dataset.state === state) return;
  list.dataset.state = state;
  const focused = list.contains(document.activeElement)
    ? (document.activeElement as HTMLElement).dataset.key
    : undefined;
  list.replaceChildren(...items.map((item) => legendItem(item, toggle)));
  list.hidden = items.length === 0;
  if (focused !== undefined) list.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

export function timeseriesBody(host: Host, title: string): Body {
  const legend = h('ul', { class: 'ew-legend', 'aria-label': `${title}: series`, hidden: true });
  const plot = new Plot(host, title, paintWith(host), (picture, input) =>
    showLegend(legend, picture.legend ?? [], input.toggle),
  );
  return {
    element: h('div', { class: 'ew-chart' }, legend, plot.element),
    update: (input) => plot.update(input),
    dispose: () => plot.dispose(),
  };
}
