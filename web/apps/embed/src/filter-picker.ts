/** A drop-down with a dimension's values to tick. */

import { humanise, valueName } from '@emban/charts';
import { h, nameClass, nameText } from '@emban/widgets';
import { Popover } from './popover.ts';

/** Above this many values a search field helps. */
const SEARCH_FROM = 8;
/** Ticking several boxes in a row makes one request. */
const PAUSE_MS = 350;

export class FilterPicker {
  readonly element: HTMLElement;
  private readonly popover: Popover;
  private readonly list = h('div', { class: 'eb-options' });
  private readonly clearButton: HTMLButtonElement;
  private readonly name: string;
  private readonly search: HTMLInputElement;
  private values: readonly string[] = [];
  private chosen = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    dimension: string,
    private readonly changed: (values: readonly string[]) => void,
  ) {
    this.name = humanise(dimension);
    this.popover = new Popover(`Filter by ${this.name}`, null, () => this.begin());
    this.clearButton = h('button', { type: 'button', class: 'eb-quiet', onclick: () => this.clear() }, 'Clear');
    this.search = h('input', {
      type: 'search',
      class: 'eb-input',
      placeholder: 'Search',
      'aria-label': `Search ${this.name}`,
      hidden: true,
      oninput: () => this.fill(this.search.value),
    });
    this.popover.panel.append(this.search, this.list, h('div', { class: 'eb-panel-foot' }, this.clearButton));
    this.element = this.popover.element;
    this.label();
  }

  /** Replace the values to choose from. */
  offer(values: readonly string[]): void {
    this.values = values;
    this.search.hidden = values.length <= SEARCH_FROM;
    if (!this.popover.panel.hidden) this.fill(this.search.value);
  }

  /** Show a choice that was made elsewhere; one that the viewer is about to make comes after it. */
  set(values: readonly string[]): void {
    if (this.timer !== undefined) return;
    this.chosen = new Set(values);
    this.label();
    if (!this.popover.panel.hidden) this.fill(this.search.value);
  }

  private label(): void {
    const [first] = this.chosen;
    const count = this.chosen.size;
    const suffix = count === 0 ? '' : count === 1 ? `: ${valueName(first ?? null).text}` : `: ${count}`;
    const said = count === 0 ? 'all' : [...this.chosen].map((value) => valueName(value).spoken).join(', ');
    this.popover.setLabel(this.name + suffix, count > 0, `${this.name}: ${said}`);
    this.clearButton.disabled = count === 0;
  }

  private begin(): void {
    this.search.value = '';
    this.fill('');
  }

  /** Chosen values that the list does not have (a host set them) are offered too, so that they can be unticked. */
  private fill(search: string): void {
    const all = [...new Set([...this.values, ...this.chosen])];
    const wanted = search.trim().toLowerCase();
    const shown = all.filter((value) => valueName(value).text.toLowerCase().includes(wanted));
    const rows = shown.map((value) => {
      const name = valueName(value);
      const box = h('input', { type: 'checkbox', onchange: () => this.tick(value) });
      box.checked = this.chosen.has(value);
      return h(
        'label',
        { class: 'eb-option', title: value },
        box,
        h('span', { class: nameClass('eb-option-text', name) }, ...nameText(name.text, name)),
      );
    });
    this.list.replaceChildren(...(rows.length ? rows : [h('p', { class: 'eb-none' }, 'Nothing found')]));
  }

  private tick(value: string): void {
    if (!this.chosen.delete(value)) this.chosen.add(value);
    this.announce();
  }

  private clear(): void {
    this.chosen.clear();
    this.fill('');
    this.announce();
  }

  private announce(): void {
    this.label();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.changed([...this.chosen]);
    }, PAUSE_MS);
  }
}
