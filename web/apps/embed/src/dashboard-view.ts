/** The dashboard on the page: head with name, window and controls, then the cards. */

import type { Answer, DataAnswer, EmbedConfig, Widget } from '@emban/api/contract';
import {
  type ChartContext,
  type ColourBook,
  daysName,
  extendColours,
  momentName,
  noColours,
  timezoneName,
  windowName,
} from '@emban/charts';
import type { Theme } from '@emban/theme';
import { Card, type Host, h, icon, placeCards, windowOf } from '@emban/widgets';
import { FilterPicker } from './filter-picker.ts';
import { emptyDashboard } from './notice.ts';
import { PeriodPicker } from './period-picker.ts';
import { type DayRange, dayAfter, type Selection } from './selection.ts';

export interface ViewEvents {
  readonly chosePeriod: (period: string) => void;
  readonly choseRange: (range: DayRange) => void;
  readonly choseValues: (dimension: string, values: readonly string[]) => void;
  readonly reload: () => void;
}

export interface ViewSettings {
  readonly config: EmbedConfig;
  readonly locale: string;
  readonly timezone: string;
  readonly host: Host;
  readonly events: ViewEvents;
}

const PERIOD_HOURS: Record<string, number> = { '1h': 1, '24h': 24, '7d': 168, '30d': 720, '90d': 2160 };

/** Today in a timezone as `YYYY-MM-DD`. */
export function today(now: number, timezone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short' }).format(now);
}

/** What a selection covers when no answer says it: a window that ends now, or whole days. */
export function guessWindow(selection: Selection, now: number): ChartContext['window'] {
  const { period, range } = selection;
  if (range) return { from: Date.parse(range.from), to: Date.parse(dayAfter(range.to, 1)) };
  return { from: now - (PERIOD_HOURS[period ?? ''] ?? 168) * 3_600_000, to: now };
}

export class DashboardView {
  readonly head: HTMLElement;
  readonly body: HTMLElement;
  private readonly cards = new Map<string, Card>();
  private readonly pickers = new Map<string, FilterPicker>();
  private readonly period: PeriodPicker;
  private readonly when = h('p', { class: 'eb-when' });
  private readonly reloadButton: HTMLButtonElement;
  private readonly grid = h('div', { class: 'ew-grid' });
  private colours: ColourBook = noColours;

  constructor(private readonly settings: ViewSettings) {
    const { config, events, timezone } = settings;
    const longest = config.permissions.max_date_range_days ?? 0;
    const choices = { periods: config.filters.periods, longest, today: today(Date.now(), timezone) };
    this.period = new PeriodPicker(choices, events.chosePeriod, events.choseRange);
    for (const dimension of config.filters.dimensions) {
      const changed = (values: readonly string[]) => events.choseValues(dimension.name, values);
      this.pickers.set(dimension.name, new FilterPicker(dimension, changed));
    }
    const label = 'Refresh the figures';
    const reload = { type: 'button', class: 'eb-button eb-square', 'aria-label': label, title: label } as const;
    this.reloadButton = h('button', { ...reload, onclick: events.reload }, icon('reload'));
    this.head = this.buildHead();
    this.body = this.buildBody();
  }

  private buildHead(): HTMLElement {
    const filters = [...this.pickers.values()].map((picker) => picker.element);
    return h(
      'header',
      { class: 'eb-head' },
      h('div', { class: 'eb-titles' }, h('h1', { class: 'eb-name' }, this.settings.config.dashboard.name), this.when),
      h('div', { class: 'eb-controls' }, ...filters, this.period.element, this.reloadButton),
    );
  }

  private buildBody(): HTMLElement {
    const { widgets } = this.settings.config.dashboard;
    if (widgets.length === 0) return emptyDashboard();
    for (const widget of widgets) this.cards.set(widget.id, new Card(widget, this.settings.host));
    placeCards(this.grid, [...this.cards.values()]);
    return h('div', { class: 'ew-grid-frame' }, this.grid);
  }

  /** Show what is chosen in the controls. */
  setSelection(selection: Selection): void {
    const { range } = selection;
    this.period.set(selection, range ? daysName(range.from, range.to, this.settings.locale) : '');
    for (const [dimension, picker] of this.pickers) picker.set(selection.dimensions[dimension] ?? []);
  }

  setLoading(ids: readonly string[] | null): void {
    for (const [id, card] of this.cards) if (!ids || ids.includes(id)) card.setLoading();
    this.reloadButton.classList.toggle('eb-busy', ids === null);
  }

  /** Nothing is on its way any more. */
  setIdle(): void {
    for (const card of this.cards.values()) card.setIdle();
    this.reloadButton.classList.remove('eb-busy');
  }

  /** Show the answers of the widgets asked for (null: all). A widget that the answer lacks failed. */
  setData(data: DataAnswer, selection: Selection, theme: Theme, ids: readonly string[] | null): void {
    const { config, locale, timezone } = this.settings;
    const { widgets } = config.dashboard;
    this.colours = extendColours(this.colours, widgets, data.widgets);
    const window = coveredWindow(Object.values(data.widgets)) ?? guessWindow(selection, Date.now());
    const context: ChartContext = { theme, locale, timezone, window, period: selection.period, colours: this.colours };
    const wanted = widgets.filter((widget) => !ids || ids.includes(widget.id));
    for (const widget of wanted)
      this.cards.get(widget.id)?.setAnswer(data.widgets[widget.id] ?? missing(widget), context);
    this.reloadButton.classList.remove('eb-busy');
    if (ids === null) this.showWhen(window, Date.now());
  }

  private showWhen(window: ChartContext['window'], updated: number): void {
    const { locale, timezone } = this.settings;
    const parts = [
      windowName(window.from, window.to, timezone, locale),
      timezoneName(timezone, window.to),
      `Updated ${momentName(updated, updated, timezone, locale)}`,
    ];
    this.when.replaceChildren(...parts.map((part) => h('span', {}, part)));
  }

  setTheme(theme: Theme): void {
    for (const card of this.cards.values()) card.setContext((context) => ({ ...context, theme }));
  }

  dispose(): void {
    for (const card of this.cards.values()) card.dispose();
  }
}

function missing(widget: Widget): Answer {
  return { error: `the server sent no figures for ${widget.title}`, code: 'missing' };
}

function coveredWindow(answers: readonly Answer[]): ChartContext['window'] | null {
  for (const answer of answers) {
    const window = windowOf(answer);
    if (window) return window;
  }
  return null;
}
