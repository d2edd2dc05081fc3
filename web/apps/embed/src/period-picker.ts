/** A drop-down with the periods on offer and a range of one's own. */

import { periodName } from '@emban/charts';
import { h, icon, setVars } from '@emban/widgets';
import { Popover } from './popover.ts';
import { type DayRange, type RangeLimits, rangeProblem, type Selection } from './selection.ts';

export interface PeriodChoices {
  readonly periods: readonly string[];
  readonly limits: RangeLimits;
  /** Today in the dashboard's timezone, `YYYY-MM-DD`. */
  readonly today: string;
  readonly locale: string;
}

/** With more periods than these, the days below them would be out of sight. */
const MOST_IN_COLUMN = 6;

export class PeriodPicker {
  readonly element: HTMLElement;
  private readonly popover: Popover;
  private readonly presets = h('div', { class: 'eb-options' });
  private readonly from: HTMLInputElement;
  private readonly to: HTMLInputElement;
  private readonly problem = h('p', { class: 'eb-problem', role: 'alert', hidden: true });
  private selection: Selection | null = null;

  constructor(
    private readonly choices: PeriodChoices,
    private readonly chosePeriod: (period: string) => void,
    private readonly choseRange: (range: DayRange) => void,
  ) {
    this.popover = new Popover('Period', 'calendar', () => this.fill());
    const { earliest, latest } = choices.limits;
    const bounds = { type: 'date', class: 'eb-input', min: earliest, max: latest ?? choices.today };
    this.from = h('input', bounds);
    this.to = h('input', bounds);
    const form = h(
      'form',
      { class: 'eb-range', onsubmit: (event) => this.submit(event), novalidate: true },
      h('label', {}, 'First day', this.from),
      h('label', {}, 'Last day', this.to),
      this.problem,
      h('button', { type: 'submit', class: 'eb-primary' }, 'Show these days'),
    );
    this.popover.panel.append(this.presets, ...(choices.limits.any ? [form] : []));
    this.element = this.popover.element;
  }

  /** Show the present choice; `name` is how a range reads. */
  set(selection: Selection, name: string): void {
    this.selection = selection;
    const { period } = selection;
    const { locale } = this.choices;
    const text = period ? periodName(period, locale) : name;
    const short = period ? periodName(period, locale, 'short') : name;
    this.popover.setLabel(text, selection.range !== null, `Period: ${text}`, short);
  }

  private fill(): void {
    const buttons = this.choices.periods.map((period) => {
      const current = this.selection?.period === period;
      return h(
        'button',
        { type: 'button', class: 'eb-option', 'aria-pressed': String(current), onclick: () => this.pick(period) },
        h('span', { class: 'eb-option-text' }, periodName(period, this.choices.locale)),
        current ? icon('check') : null,
      );
    });
    this.presets.replaceChildren(...buttons);
    const rows = Math.ceil(buttons.length / 2);
    this.presets.classList.toggle('eb-options-two', buttons.length > MOST_IN_COLUMN);
    setVars(this.presets, { '--eb-rows': rows });
    this.from.value = this.selection?.range?.from ?? '';
    this.to.value = this.selection?.range?.to ?? this.choices.limits.latest ?? this.choices.today;
    this.problem.hidden = true;
  }

  private pick(period: string): void {
    this.popover.close(true);
    this.chosePeriod(period);
  }

  private submit(event: Event): void {
    event.preventDefault();
    const range = { from: this.from.value, to: this.to.value };
    const problem = rangeProblem(range, this.choices.limits);
    this.problem.textContent = problem ?? '';
    this.problem.hidden = problem === null;
    if (problem) return;
    this.popover.close(true);
    this.choseRange(range);
  }
}
