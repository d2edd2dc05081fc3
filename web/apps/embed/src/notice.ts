/** What the page says about itself: a line above the widgets, or a message in their place. */

import { type Child, h, icon } from '@emban/widgets';
import type { Problem } from './problem.ts';

/** A message that takes the place of the widgets. */
export function problemPage(problem: Problem, retry: () => void): HTMLElement {
  return h(
    'div',
    { class: 'eb-message', role: 'alert', 'data-code': problem.code },
    icon('warning'),
    h('h1', { class: 'eb-message-title' }, problem.title),
    h('p', {}, problem.text),
    problem.retry ? h('button', { type: 'button', class: 'eb-primary', onclick: retry }, 'Try again') : null,
  );
}

export function emptyDashboard(): HTMLElement {
  return h(
    'div',
    { class: 'eb-message', 'data-code': 'empty' },
    icon('chart'),
    h('h2', { class: 'eb-message-title' }, 'Nothing to see yet'),
    h('p', {}, 'This dashboard has no widgets. Come back when its owner has added some.'),
  );
}

/** A line that comes and goes without moving the reader's place. */
export class Notice {
  readonly element = h('div', { class: 'eb-notice', role: 'status', hidden: true });

  show(...content: Child[]): void {
    this.element.replaceChildren(...content.filter((child): child is Node | string => Boolean(child)));
    this.element.hidden = false;
  }

  hide(): void {
    this.element.hidden = true;
    this.element.replaceChildren();
  }
}
