/** Figures in a card: one with its change or its way to a target, or a list of several with theirs. */

import type { PointsAnswer } from '@emban/api/contract';
import { type Delta, type KpiFigure, type KpiView, kpiFigures, kpiView, NO_FIGURE, textWidth } from '@emban/charts';
import type { Body } from './body.ts';
import { type Child, h, setVars } from './dom.ts';

/** `element` with the width of its text in em, which is what the style sheet fits it into a narrow card by. */
export function fitted<E extends HTMLElement>(element: E, text: string): E {
  // Figures are bold, and widths are those of the regular weight.
  setVars(element, { '--ew-em': Math.max(1, textWidth(text, 1) * 1.08).toFixed(2) });
  return element;
}

/** How much it changed; its sign says which way, its colour whether that is welcome. */
function changeElement(delta: Delta): HTMLElement {
  return fitted(h('span', { class: `ew-delta-figure ew-${delta.tone}` }, delta.text), delta.text);
}

function deltaElement(delta: Delta): HTMLElement {
  const versus = h('span', { class: 'ew-muted' }, delta.versus);
  return h('p', { class: 'ew-delta', title: delta.full }, changeElement(delta), ' ', versus);
}

function progressElement(progress: NonNullable<KpiView['progress']>, title: string): HTMLElement {
  const bar = h('div', {
    class: 'ew-progress',
    role: 'progressbar',
    'aria-label': title,
    'aria-valuemin': 0,
    'aria-valuemax': 100,
    'aria-valuenow': Math.round(progress.ratio * 100),
    'aria-valuetext': `${progress.text} of ${progress.target}`,
  });
  setVars(bar, { '--ew-length': `${(progress.ratio * 100).toFixed(1)}%` });
  return h(
    'div',
    {},
    bar,
    h(
      'p',
      { class: 'ew-delta' },
      h('span', { class: 'ew-strong' }, progress.text),
      ' ',
      h('span', { class: 'ew-muted' }, `of ${progress.target}`),
    ),
  );
}

function wordElement(word: string): HTMLElement {
  return h('span', { class: 'ew-figure-word' }, word);
}

function oneFigure(view: KpiView, title: string): Child[] {
  const figure = h(
    'p',
    { class: 'ew-figure', title: view.full },
    h('span', { class: 'ew-figure-value' }, view.text),
    view.word && wordElement(view.word),
  );
  const below = view.progress
    ? progressElement(view.progress, title)
    : view.delta
      ? deltaElement(view.delta)
      : h('p', { class: 'ew-delta ew-muted' }, view.hasValue ? '' : NO_FIGURE);
  return [fitted(figure, view.text), below];
}

function figureRow({ title, view }: KpiFigure, compared: boolean): HTMLElement {
  const value = h('span', { class: 'ew-figures-value', title: view.full }, view.text, view.word && ` ${view.word}`);
  const change = view.delta && h('span', { title: view.delta.full }, changeElement(view.delta));
  return h(
    'div',
    { class: 'ew-figures-row' },
    h('dt', { class: 'ew-figures-name', title }, title),
    h('dd', {}, value),
    compared && h('dd', {}, change),
  );
}

/** A row for each figure; what all are compared with stands once below. */
function severalFigures(figures: readonly KpiFigure[]): Child[] {
  const delta = figures.find(({ view }) => view.delta)?.view.delta;
  return [
    h('dl', { class: 'ew-figures' }, ...figures.map((figure) => figureRow(figure, delta !== undefined))),
    delta && h('p', { class: 'ew-delta' }, h('span', { class: 'ew-muted' }, delta.versus)),
  ];
}

export function kpiBody(): Body {
  const element = h('div', { class: 'ew-kpi-body' });
  return {
    element,
    update: ({ widget, answer, context }) => {
      const figures = kpiFigures(widget, answer as PointsAnswer, context);
      const children = figures.length
        ? severalFigures(figures)
        : oneFigure(kpiView(widget, answer as PointsAnswer, context), widget.title);
      element.replaceChildren(...children.filter((child): child is Node | string => Boolean(child)));
    },
    dispose: () => element.replaceChildren(),
  };
}
