/** The dashboard on the page: head with name, window and controls, then the cards. Survives a renewed session. */

import type { Answer, DataAnswer, EmbedConfig, Widget } from '@emban/api/contract';
import {
  type ChartContext,
  type ColourBook,
  clockOf,
  coveredWindow,
  extendColours,
  isRightToLeft,
  momentName,
  noColours,
  periodFacts,
  timezoneName,
  type Window,
  wallOf,
  windowLabel,
} from '@emban/charts';
import type { Theme } from '@emban/theme';
import { Card, type Host, h, type IconName, icon, placeCards } from '@emban/widgets';
import { type Download, downloadMenu } from './download-menu.ts';
import { FilterPicker } from './filter-picker.ts';
import { emptyDashboard } from './notice.ts';
import { PeriodPicker } from './period-picker.ts';
import { type DayRange, dayAfter, rangeLimits, type Selection } from './selection.ts';

export interface ViewEvents {
  readonly chosePeriod: (period: string) => void;
  readonly choseRange: (range: DayRange) => void;
  readonly choseValues: (dimension: string, values: readonly string[]) => void;
  readonly reload: () => void;
  readonly download: Download;
}

export interface ViewSettings {
  readonly locale: string;
  readonly timezone: string;
  readonly host: Host;
  readonly events: ViewEvents;
}

const DAY = 86_400_000;

/** Today in a timezone as `YYYY-MM-DD`. */
export function today(now: number, timezone: string): string {
  return new Date(wallOf(now, timezone)).toISOString().slice(0, 10);
}

/** Whole days as a window, by the wall clock alone. */
function windowOfDays(from: number, to: number): Window {
  return { from, to, localFrom: from, localTo: to };
}

/** What a selection covers when no answer says it: a window that ends now, or whole days. */
export function guessWindow({ period, range }: Selection, now: number, timezone: string): Window {
  if (range) return windowOfDays(Date.parse(range.from), Date.parse(dayAfter(range.to, 1)));
  const { days, count } = periodFacts(period ?? '');
  if (!days) return { from: now - count * 3_600_000, to: now };
  const { first, last } = days(Date.parse(today(now, timezone)));
  return windowOfDays(first, last === null ? wallOf(now, timezone) : last + DAY);
}

export class DashboardView {
  readonly head = h('header', { class: 'eb-head' });
  readonly body = h('div', { class: 'eb-body' });
  private cards = new Map<string, Card>();
  private pickers = new Map<string, FilterPicker>();
  private period: PeriodPicker | null = null;
  private readonly name = h('h1', { class: 'eb-name' });
  private readonly when = h('p', { class: 'eb-when', 'aria-live': 'polite' });
  private readonly controls = h('div', { class: 'eb-controls' });
  private readonly reloadButton: HTMLButtonElement;
  private readonly downloads: HTMLElement;
  private readonly grid = h('div', { class: 'ew-grid' });
  private colours: ColourBook = noColours;
  private config: EmbedConfig | null = null;

  constructor(private readonly settings: ViewSettings) {
    const { events } = settings;
    this.reloadButton = toolButton('Refresh the figures', 'reload', events.reload);
    this.downloads = downloadMenu('Download all figures', 'eb-button eb-square', events.download);
    this.head.append(h('div', { class: 'eb-titles' }, this.name, this.when), this.controls);
  }

  /** Show a dashboard. Cards whose widgets are as before stay as they are, with their place, their figures and their table view. */
  show(config: EmbedConfig): void {
    const before = this.config;
    this.config = config;
    this.name.textContent = config.dashboard.name;
    if (!before || !same(before, config, offered)) this.buildControls(config);
    for (const { name, values } of config.filters.dimensions) this.pickers.get(name)?.offer(values);
    if (!before || !same(before, config, drawn)) this.buildCards(config.dashboard.widgets);
    this.downloads.hidden = config.dashboard.widgets.length === 0 || config.permissions.allow_export === false;
  }

  private buildControls(config: EmbedConfig): void {
    const { events, timezone } = this.settings;
    const now = today(Date.now(), timezone);
    const { periods } = config.filters;
    const choices = { periods, limits: rangeLimits(config, now), today: now, locale: this.settings.locale };
    this.period = new PeriodPicker(choices, events.chosePeriod, events.choseRange);
    this.pickers = new Map(
      config.filters.dimensions.map((dimension) => {
        const changed = (values: readonly string[]) => events.choseValues(dimension.name, values);
        return [dimension.name, new FilterPicker(dimension.name, changed)];
      }),
    );
    const filters = [...this.pickers.values()].map((picker) => picker.element);
    this.controls.replaceChildren(...filters, this.period.element, this.downloads, this.reloadButton);
  }

  private buildCards(widgets: readonly Widget[]): void {
    const old = this.cards;
    this.cards = new Map();
    for (const widget of widgets) {
      const before = old.get(widget.id);
      const keeps = before && JSON.stringify(before.widget) === JSON.stringify(widget);
      if (keeps) before.offerDownload();
      this.cards.set(widget.id, keeps ? before : new Card(widget, this.settings.host));
      if (keeps) old.delete(widget.id);
    }
    for (const card of old.values()) card.dispose();
    placeCards(this.grid, [...this.cards.values()]);
    this.body.replaceChildren(widgets.length ? h('div', { class: 'ew-grid-frame' }, this.grid) : emptyDashboard());
  }

  /** Show what is chosen in the controls. */
  setSelection(selection: Selection): void {
    const { locale, timezone } = this.settings;
    const now = Date.now();
    const days = selection.range && guessWindow(selection, now, timezone);
    this.period?.set(selection, days ? windowLabel(days, { locale, timezone, now, period: null }) : '');
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
    const { locale, timezone } = this.settings;
    const now = Date.now();
    const widgets = this.config?.dashboard.widgets ?? [];
    this.colours = extendColours(this.colours, widgets, data.widgets);
    const window = coveredWindow(Object.values(data.widgets)) ?? guessWindow(selection, now, timezone);
    const rtl = isRightToLeft(locale);
    const { period } = selection;
    const context: ChartContext = { theme, locale, rtl, timezone, window, now, period, colours: this.colours };
    const wanted = widgets.filter((widget) => !ids || ids.includes(widget.id));
    for (const widget of wanted)
      this.cards.get(widget.id)?.setAnswer(data.widgets[widget.id] ?? missing(widget), context);
    this.reloadButton.classList.remove('eb-busy');
    if (ids === null) this.showWhen(context, Date.parse(data.as_of ?? '') || now);
  }

  /** The window, its timezone, and the time of the figures. */
  private showWhen(context: ChartContext, updated: number): void {
    const { locale, timezone, window, now } = context;
    const clock = clockOf(timezone, window);
    const moment = momentName(clock(updated), clock(now), locale);
    const offset = Math.round((clock(window.to) - window.to) / 60_000);
    this.when.replaceChildren(
      h('span', {}, windowLabel(window, context)),
      h('span', {}, timezoneName(timezone, offset)),
      h('span', {}, 'Updated ', h('bdi', {}, moment)),
    );
  }

  /** What a widget's card is drawn with; null before its first answer. */
  contextOf(widget: Widget): ChartContext | null {
    return this.cards.get(widget.id)?.drawnWith ?? null;
  }

  setTheme(theme: Theme): void {
    for (const card of this.cards.values()) card.setContext((context) => ({ ...context, theme }));
  }

  dispose(): void {
    for (const card of this.cards.values()) card.dispose();
  }
}

function toolButton(label: string, symbol: IconName, onclick: () => void): HTMLButtonElement {
  const attributes = { type: 'button', class: 'eb-button eb-square', 'aria-label': label, title: label } as const;
  return h('button', { ...attributes, onclick }, icon(symbol));
}

/** What the controls are made of; a drop-down's values change more often than that. */
function offered({ filters, permissions }: EmbedConfig): unknown {
  return [filters.periods, filters.dimensions.map((dimension) => dimension.name), permissions];
}

/** What the cards are made of. */
function drawn({ dashboard, permissions }: EmbedConfig): unknown {
  return [dashboard.widgets, permissions.allow_export];
}

function same(one: EmbedConfig, other: EmbedConfig, part: (config: EmbedConfig) => unknown): boolean {
  return JSON.stringify(part(one)) === JSON.stringify(part(other));
}

function missing(widget: Widget): Answer {
  return { error: `the server sent no figures for ${widget.title}`, code: 'missing' };
}
