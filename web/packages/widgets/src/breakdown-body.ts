/** Breakdowns in a card: a list, horizontal bars, or a donut with its legend. */

import type { PointsAnswer, Widget } from '@emban/api/contract';
import {
  type BreakdownRow,
  barsPicture,
  breakdownSummary,
  breakdownTooltip,
  breakdownView,
  donutPicture,
  sliceAt,
  sliceDimension,
} from '@emban/charts';
import type { Body, BodyInput, Host } from './body.ts';
import { type Child, h, setVars } from './dom.ts';
import { fitted } from './kpi-body.ts';
import { nameClass, nameText } from './name.ts';
import { type Paint, Plot } from './plot.ts';

function viewOf({ widget, answer, context }: BodyInput) {
  return breakdownView(widget, answer as PointsAnswer, context);
}

/** Height in px of a row of bars where nothing else decides it. */
const NATURAL_ROW = 34;

/** What a click on a row does, or nothing where drilling is not possible. */
function opener(host: Host, widget: Widget, row: BreakdownRow | undefined): (() => void) | null {
  const dimension = sliceDimension(widget);
  const value = row?.drill;
  if (dimension === null || typeof value !== 'string') return null;
  return host.driller?.(widget, { dimension, value }) ?? null;
}

function nameOf(host: Host, widget: Widget, row: BreakdownRow): Child {
  const open = opener(host, widget, row);
  const text = nameText(row.name, row);
  if (!open) return h('span', { class: nameClass('ew-row-name', row), title: row.name }, ...text);
  const attributes = { type: 'button', class: nameClass('ew-row-name ew-link', row), title: row.name } as const;
  return h('button', { ...attributes, onclick: open }, ...text);
}

function listRow(host: Host, widget: Widget, row: BreakdownRow): HTMLElement {
  const bar = h('span', { class: 'ew-row-bar', 'aria-hidden': 'true' });
  setVars(bar, { '--ew-length': `${(row.length * 100).toFixed(1)}%`, '--ew-colour': row.colour });
  return h(
    'li',
    { class: 'ew-row' },
    nameOf(host, widget, row),
    h('span', { class: 'ew-row-value', title: row.full }, row.text),
    row.shareText ? h('span', { class: 'ew-row-share' }, row.shareText) : null,
    bar,
  );
}

export function listBody(host: Host, title: string): Body {
  const list = h('ol', { class: 'ew-list', tabindex: 0, 'aria-label': title });
  return {
    element: list,
    update: (input) => {
      const { rows } = viewOf(input);
      list.classList.toggle(
        'ew-list-shares',
        rows.some((row) => row.shareText !== ''),
      );
      list.replaceChildren(...rows.map((row) => listRow(host, input.widget, row)));
    },
    dispose: () => list.replaceChildren(),
  };
}

function paintBars(host: Host): Paint {
  return (input, size, overlay) => {
    const view = viewOf(input);
    const picture = barsPicture(view, input.context, size);
    const { plot, rowHeight, drawn } = picture;
    const mark = h('div', { class: 'ew-band' });
    return {
      option: picture.option,
      summary: breakdownSummary(view, input.widget, input.context),
      explorable: {
        count: drawn,
        indexAt: (_x, y) => (y < plot.top || y >= plot.top + plot.height ? -1 : Math.floor((y - plot.top) / rowHeight)),
        tooltip: (index) => breakdownTooltip(view.rows[index] as BreakdownRow, input.widget.title),
        anchor: (index) => ({ x: plot.left + plot.width * 0.5, y: plot.top + (index + 0.5) * rowHeight }),
        mark: (index) => {
          const y = `${plot.top + index * rowHeight}px`;
          setVars(mark, { '--ew-x': '0px', '--ew-y': y, '--ew-w': `${size.width}px`, '--ew-h': `${rowHeight}px` });
          overlay.replaceChildren(...(index < 0 ? [] : [mark]));
        },
        opener: (index) => opener(host, input.widget, view.rows[index]),
      },
    };
  };
}

export function barsBody(host: Host, title: string): Body {
  const plot = new Plot(host, title, paintBars(host));
  const update = (input: BodyInput) => {
    // Where cards are as high as their content, the bars decide how high that is.
    setVars(plot.element, { '--ew-natural': `${viewOf(input).rows.length * NATURAL_ROW}px` });
    plot.update(input);
  };
  return { element: plot.element, update, dispose: () => plot.dispose() };
}

/** Radius in px of a ring's hole from which on a figure in it can be read; the rows beside it add up to the same. */
const LEAST_HOLE = 28;

function paintDonut(host: Host, legend: HTMLElement): Paint {
  return (input, size, overlay) => {
    const view = viewOf(input);
    const picture = donutPicture(view, input.context, size);
    const middle = (picture.inner + picture.outer) / 2;
    if (view.total && picture.inner >= LEAST_HOLE) {
      const total = fitted(h('div', { class: 'ew-donut-total' }, view.total), view.total);
      setVars(total, { '--ew-room': `${picture.inner * 1.8}px` });
      overlay.replaceChildren(total);
    }
    return {
      option: picture.option,
      summary: breakdownSummary(view, input.widget, input.context),
      explorable: {
        count: view.rows.length,
        indexAt: (x, y) => sliceAt(picture, x, y),
        tooltip: (index) => breakdownTooltip(view.rows[index] as BreakdownRow, input.widget.title),
        anchor: (index) => {
          const angle = ((picture.ends[index - 1] ?? 0) + (picture.ends[index] ?? 0)) / 2;
          const [x, y] = picture.centre;
          return { x: x + Math.sin(angle) * middle, y: y - Math.cos(angle) * middle };
        },
        mark: (index) => {
          for (const [i, row] of [...legend.children].entries())
            row.classList.toggle('ew-dim', index >= 0 && i !== index);
        },
        opener: (index) => opener(host, input.widget, view.rows[index]),
      },
    };
  };
}

function donutLegend(host: Host, widget: Widget, rows: readonly BreakdownRow[]): HTMLElement[] {
  return rows.map((row) => {
    const swatch = h('span', { class: 'ew-swatch', 'aria-hidden': 'true' });
    setVars(swatch, { '--ew-colour': row.colour });
    return h(
      'li',
      { class: 'ew-donut-row' },
      swatch,
      nameOf(host, widget, row),
      h('span', { class: 'ew-row-value', title: row.full }, row.text),
      row.shareText ? h('span', { class: 'ew-row-share' }, row.shareText) : null,
    );
  });
}

export function donutBody(host: Host, title: string): Body {
  const legend = h('ul', { class: 'ew-donut-legend' });
  const plot = new Plot(host, title, paintDonut(host, legend));
  return {
    element: h('div', { class: 'ew-donut' }, plot.element, legend),
    update: (input) => {
      legend.replaceChildren(...donutLegend(host, input.widget, viewOf(input).rows));
      plot.update(input);
    },
    dispose: () => plot.dispose(),
  };
}
