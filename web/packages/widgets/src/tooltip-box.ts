/** The one tooltip of a page. */

import type { Tooltip, TooltipRow } from '@emban/charts';
import { h, setVars } from './dom.ts';
import { nameClass } from './name.ts';

const MARGIN = 12;

/** A point of the viewport, px; `clear` px on both sides of it stay free. */
export interface TooltipPlace {
  readonly x: number;
  readonly y: number;
  readonly clear: number;
}

function rowElement(row: TooltipRow, stands: boolean): HTMLElement {
  const swatch = h('span', { class: row.dashed ? 'ew-swatch ew-swatch-dashed' : 'ew-swatch' });
  if (row.colour) setVars(swatch, { '--ew-colour': row.colour });
  else swatch.classList.add('ew-swatch-none');
  return h(
    'div',
    { class: stands ? 'ew-tooltip-row ew-tooltip-at' : 'ew-tooltip-row' },
    swatch,
    h('span', { class: nameClass('ew-tooltip-name', row) }, row.name),
    h('span', { class: 'ew-tooltip-value' }, row.text),
    row.before === undefined ? null : h('span', { class: 'ew-tooltip-before' }, row.before),
  );
}

export class TooltipBox {
  readonly element = h('div', { class: 'ew-tooltip', 'aria-hidden': 'true', hidden: true });

  constructor(root: HTMLElement) {
    root.append(this.element);
  }

  /** Show beside a point of the viewport, on whichever side has room; the row of series `at` stands out. */
  show(tooltip: Tooltip, place: TooltipPlace, at = -1): void {
    const versus = tooltip.versus && h('div', { class: 'ew-tooltip-before' }, `vs ${tooltip.versus}`);
    const title = h('div', { class: nameClass('ew-tooltip-title', tooltip) }, tooltip.title, versus);
    this.element.replaceChildren(title, ...tooltip.rows.map((row) => rowElement(row, row.at === at)));
    this.element.hidden = false;
    this.place(place.x, place.y, MARGIN + place.clear);
  }

  hide(): void {
    this.element.hidden = true;
  }

  private place(x: number, y: number, margin: number): void {
    const { width, height } = this.element.getBoundingClientRect();
    const room = { width: document.documentElement.clientWidth, height: document.documentElement.clientHeight };
    const right = x + margin + width <= room.width;
    const left = right ? x + margin : Math.max(4, x - margin - width);
    const top = Math.min(Math.max(4, y - height / 2), Math.max(4, room.height - height - 4));
    setVars(this.element, { '--ew-x': `${Math.round(left)}px`, '--ew-y': `${Math.round(top)}px` });
  }
}
