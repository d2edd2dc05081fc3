/** A button with a panel under it. Escape, a click elsewhere or tabbing out closes it and gives the focus back. */

import { h, type IconName, icon, setVars, uniqueId } from '@emban/widgets';

let open: Popover | null = null;

export class Popover {
  readonly element: HTMLElement;
  readonly button: HTMLButtonElement;
  readonly panel: HTMLElement;
  private readonly label = h('span', { class: 'eb-button-label eb-button-long' });
  private readonly short = h('span', { class: 'eb-button-label eb-button-short' });

  constructor(
    name: string,
    symbol: IconName | null,
    private readonly opened: () => void = () => undefined,
    /** The class of a button that is its symbol alone. */
    compact: string | null = null,
  ) {
    const id = uniqueId('eb-panel');
    this.button = h(
      'button',
      {
        type: 'button',
        class: compact ?? 'eb-button',
        'aria-expanded': 'false',
        'aria-controls': id,
        onclick: () => this.toggle(),
      },
      symbol ? icon(symbol) : null,
      ...(compact ? [] : [this.label, this.short, icon('chevron')]),
    );
    this.panel = h('div', { class: 'eb-popover', id, role: 'group', 'aria-label': name, hidden: true });
    this.element = h('div', { class: 'eb-anchor' }, this.button, this.panel);
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !this.panel.hidden) this.close(true);
    });
    this.element.addEventListener('focusout', (event) => {
      const next = event.relatedTarget;
      if (next instanceof Node && !this.element.contains(next)) this.close(false);
    });
  }

  /** `short` is what the button says on a narrow page. */
  setLabel(text: string, active: boolean, description: string, short = text): void {
    this.label.textContent = text;
    this.short.textContent = short;
    this.button.classList.toggle('eb-active', active);
    this.button.title = description;
    this.button.setAttribute('aria-label', description);
  }

  close(focus: boolean): void {
    if (this.panel.hidden) return;
    this.panel.hidden = true;
    this.button.setAttribute('aria-expanded', 'false');
    if (open === this) open = null;
    if (focus) this.button.focus();
  }

  private toggle(): void {
    if (!this.panel.hidden) {
      this.close(true);
      return;
    }
    open?.close(false);
    open = this;
    this.opened();
    this.panel.hidden = false;
    this.button.setAttribute('aria-expanded', 'true');
    this.keepInside();
    this.panel.querySelector<HTMLElement>('input:not([hidden]), button')?.focus({ preventScroll: true });
  }

  /** Shift the panel sideways until it is inside the page. */
  private keepInside(): void {
    setVars(this.panel, { '--eb-shift': '0px' });
    const { left, right } = this.panel.getBoundingClientRect();
    const room = document.documentElement.clientWidth - 8;
    const shift = right > room ? Math.max(room - right, 8 - left) : Math.max(0, 8 - left);
    setVars(this.panel, { '--eb-shift': `${Math.round(shift)}px` });
  }
}

document.addEventListener('pointerdown', (event) => {
  if (open && event.target instanceof Node && !open.element.contains(event.target)) open.close(false);
});
