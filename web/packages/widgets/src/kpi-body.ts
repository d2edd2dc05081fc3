/** One figure in a card: number, change, way to a target. */

import type { PointsAnswer } from '@emban/api/contract';
import { type Delta, type KpiView, kpiView, textWidth } from '@emban/charts';
import type { Body } from './body.ts';
import { h, icon, setVars } from './dom.ts';

const ARROWS = { up: 'up', new: 'up', down: 'down', flat: 'flat' } as const;

/** `element` with the width of its text in em, which is what the style sheet fits it into a narrow card by. */
export function fitted<E extends HTMLElement>(element: E, text: string): E {
  // Figures are bold, and widths are those of the regular weight.
  setVars(element, { '--ew-em': Math.max(1, textWidth(text, 1) * 1.08).toFixed(2) });
  return element;
}

function deltaElement(delta: Delta): HTMLElement {
  const figure = h('span', { class: `ew-delta-figure ew-${delta.tone}` }, icon(ARROWS[delta.direction]), delta.text);
  return h(
    'p',
    { class: 'ew-delta', title: delta.full },
    fitted(figure, delta.text),
    ' ',
    h('span', { class: 'ew-muted' }, delta.versus),
  );
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

export function kpiBody(): Body {
  const element = h('div', { class: 'ew-kpi-body' });
  return {
    element,
    update: ({ widget, answer, context }) => {
      const view = kpiView(widget, answer as PointsAnswer, context);
      const figure = h(
        'p',
        { class: 'ew-figure', title: view.full },
        h('span', { class: 'ew-figure-value' }, view.text),
        view.word && wordElement(view.word),
      );
      const below = view.progress
        ? progressElement(view.progress, widget.title)
        : view.delta
          ? deltaElement(view.delta)
          : h('p', { class: 'ew-delta ew-muted' }, view.hasValue ? '' : 'No data in this period');
      element.replaceChildren(fitted(figure, view.text), below);
    },
    dispose: () => element.replaceChildren(),
  };
}
