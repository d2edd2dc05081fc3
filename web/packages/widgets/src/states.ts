/** What a card shows while there is no picture: skeletons of the final layout, nothing found, something wrong. */

import type { FailedAnswer, Widget } from '@emban/api/contract';
import { EMPTY_TITLE, FAILED_TITLE, sentence } from '@emban/charts';
import { h, icon, setVars } from './dom.ts';

/** Heights of a bar chart's skeleton, % : an even, unremarkable shape. */
const BARS = [46, 62, 54, 70, 60, 78, 66, 84, 72, 58];

function bones(): HTMLElement[] {
  return BARS.map((height) => {
    const bar = h('span', { class: 'ew-bone' });
    setVars(bar, { '--ew-length': `${height}%` });
    return bar;
  });
}

function lines(count: number): HTMLElement[] {
  return Array.from({ length: count }, (_, i) => {
    const line = h('span', { class: 'ew-bone' });
    setVars(line, { '--ew-length': `${96 - i * 11}%` });
    return line;
  });
}

/** The outline of a widget before its first answer. */
export function skeleton(widget: Widget): HTMLElement {
  const kind = widget.chart === 'donut' ? 'donut' : widget.kind;
  const parts = kind === 'timeseries' ? bones() : lines(kind === 'kpi' ? 2 : 6);
  return h('div', { class: `ew-skeleton ew-skeleton-${kind}`, 'aria-hidden': 'true' }, ...parts);
}

export function emptyState(): HTMLElement {
  return h(
    'div',
    { class: 'ew-state' },
    h('p', { class: 'ew-state-title' }, EMPTY_TITLE),
    h('p', {}, 'Choose a longer period or fewer filters.'),
  );
}

export function failedState(answer: FailedAnswer, retry: () => void): HTMLElement {
  return h(
    'div',
    { class: 'ew-state', role: 'group', 'aria-label': 'Loading failed' },
    icon('warning'),
    h('p', { class: 'ew-state-title' }, FAILED_TITLE),
    h('p', {}, `${sentence(answer.error)} Your data is safe.`),
    h('button', { type: 'button', class: 'ew-button', onclick: retry }, 'Try again'),
  );
}
