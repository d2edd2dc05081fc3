/** The embed page: one session, one dashboard, one viewer's selection. */

import type { Answer, DataAnswer, EmbedConfig, Widget } from '@emban/api/contract';
import { isTimezone } from '@emban/charts';
import { type Engine, h, TooltipBox } from '@emban/widgets';
import { EmbedClient } from './client.ts';
import { DashboardView } from './dashboard-view.ts';
import { HostLink } from './host-link.ts';
import type { Incoming } from './messages.ts';
import { Notice, problemPage } from './notice.ts';
import { missingToken, type Problem, problemOf, sessionEnded } from './problem.ts';
import {
  filtersOf,
  firstSelection,
  keepAllowed,
  type Selection,
  whenOf,
  withDimension,
  withHostFilters,
  withPeriod,
  withRange,
} from './selection.ts';
import { SessionClock } from './session-clock.ts';
import { ThemeControl } from './theme.ts';

export interface PageInput {
  readonly token: string | null;
  readonly dashboardId: string;
  readonly root: HTMLElement;
  readonly engine: Promise<Engine>;
}

/** The viewer's language, or English where the browser's word for it is not one. */
function localeOf(config: EmbedConfig): string {
  try {
    return new Intl.Locale(config.dashboard.locale || navigator.language || 'en').toString();
  } catch {
    return 'en';
  }
}

/** The dashboard's timezone, else the viewer's own. */
export function timezoneOf(config: EmbedConfig): string {
  const named = config.filters.timezone ?? config.dashboard.timezone;
  if (isTimezone(named)) return named;
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return isTimezone(own) ? own : 'UTC';
}

function showsBranding(config: EmbedConfig): boolean {
  const { branding } = config.dashboard;
  return typeof branding === 'object' && branding !== null ? branding.powered_by !== false : branding === true;
}

/** Whether an answer has a figure other than zero; a failure is no news about the figures. */
function saysSomething(answer: Answer): boolean {
  if ('points' in answer) return answer.points.some((point) => point.value !== null && point.value !== 0);
  return !('rows' in answer) || answer.rows.length > 0;
}

export class EmbedApp {
  private readonly link: HostLink;
  private readonly theme: ThemeControl;
  private readonly clock: SessionClock;
  private readonly client: EmbedClient;
  private readonly tooltip: TooltipBox;
  private readonly notice = new Notice();
  private readonly main = h('main', { class: 'eb-main' });
  private readonly foot = h('footer', { class: 'eb-foot', hidden: true }, 'Powered by ', h('b', {}, 'Emban'));
  private config: EmbedConfig | null = null;
  private view: DashboardView | null = null;
  private selection: Selection | null = null;
  private loading: AbortController | null = null;
  private hasData = false;

  constructor(private readonly input: PageInput) {
    this.client = new EmbedClient(input.token ?? '', '', (seconds) => this.sayWaiting(seconds));
    this.link = new HostLink(window, (message) => this.receive(message));
    this.theme = new ThemeControl((theme) => this.view?.setTheme(theme));
    this.clock = new SessionClock({
      expiring: (seconds) => this.link.post('expiring', { seconds }),
      expired: () => this.fail(sessionEnded()),
    });
    this.tooltip = new TooltipBox(document.body);
  }

  /** Put the page up and load. Resolves when the first figures, or the reason why there are none, are shown. */
  async start(): Promise<void> {
    const skeleton = [...this.input.root.children];
    this.main.append(...skeleton);
    this.input.root.replaceChildren(this.notice.element, this.main, this.foot);
    new ResizeObserver(() => this.postHeight()).observe(this.input.root);
    addEventListener('online', () => void this.reload());
    this.clock.start();
    this.link.post('ready', { dashboard_id: this.input.dashboardId });
    if (this.input.token) await this.open();
    else this.fail(missingToken());
  }

  private postHeight(): void {
    this.link.post('resize', { height: Math.ceil(this.input.root.getBoundingClientRect().height) });
  }

  /**
   * Load the dashboard's config and its figures. The first time both are asked for at once: a request that names no period and no timezone is
   * answered for those that the config makes the default.
   */
  private async open(): Promise<void> {
    const early = this.selection ? undefined : this.client.data({});
    // Where the config fails too, its failure is the one to show.
    early?.catch(() => undefined);
    try {
      const config = await this.client.config();
      this.clock.restart(config.session.expires_in);
      this.show(config);
    } catch (error) {
      this.fail(problemOf(error));
      return;
    }
    await this.load({}, early);
  }

  private show(config: EmbedConfig): void {
    const unchanged = this.config && this.view && sameView(this.config, config);
    this.config = config;
    this.selection = this.selection ? keepAllowed(this.selection, config) : firstSelection(config);
    if (!unchanged) this.rebuild(config);
    this.view?.setSelection(this.selection);
    this.notice.hide();
  }

  private rebuild(config: EmbedConfig): void {
    this.view?.dispose();
    this.hasData = false;
    const locale = localeOf(config);
    document.documentElement.lang = locale.startsWith('en') ? locale : 'en';
    document.title = config.dashboard.name;
    this.theme.setDashboard(config.dashboard.theme ?? {});
    this.view = new DashboardView({
      config,
      locale,
      timezone: timezoneOf(config),
      host: { engine: this.input.engine, tooltip: this.tooltip, retry: (widget) => void this.retry(widget) },
      events: {
        chosePeriod: (period) => this.choose((selection) => withPeriod(selection, period), 'period'),
        choseRange: (range) => this.choose((selection) => withRange(selection, range), 'period'),
        choseValues: (name, values) => this.choose((selection) => withDimension(selection, name, values), 'filter'),
        reload: () => void this.reload(),
      },
    });
    this.main.replaceChildren(this.view.head, this.view.body);
    this.foot.hidden = !showsBranding(config);
  }

  private choose(change: (selection: Selection) => Selection, what: 'period' | 'filter'): void {
    if (!this.selection) return;
    this.selection = change(this.selection);
    this.view?.setSelection(this.selection);
    const { period, dimensions, numericRanges } = this.selection;
    if (what === 'filter') this.link.post('filter', { filters: { dimensions, numericRanges } });
    else this.link.post('period-change', { ...whenOf(this.selection), period });
    void this.load({});
  }

  /** Ask for figures of all widgets, or of some. A newer request for all of them overtakes an older one. */
  private async load(
    options: { reload?: boolean; widgets?: readonly string[] },
    early?: Promise<DataAnswer>,
  ): Promise<void> {
    const { config, selection } = this;
    if (!config || !selection) return;
    if (config.dashboard.widgets.length === 0) {
      this.sayEmpty('This dashboard has no widgets.');
      return;
    }
    const ids = options.widgets ?? null;
    const abort = new AbortController();
    if (!ids) {
      this.loading?.abort();
      this.loading = abort;
    }
    this.view?.setLoading(ids);
    const body = { ...whenOf(selection), timezone: timezoneOf(config), filters: filtersOf(selection), ...options };
    try {
      const data = await (early ?? this.client.data(body, abort.signal));
      if (!abort.signal.aborted) this.present(data, selection, ids);
    } catch (error) {
      if (!abort.signal.aborted) this.fail(problemOf(error));
    }
  }

  private present(data: DataAnswer, selection: Selection, ids: readonly string[] | null): void {
    this.view?.setData(data, selection, this.theme.current, ids);
    this.hasData = true;
    this.notice.hide();
    this.input.root.dataset.state = 'ready';
    if (!ids && !Object.values(data.widgets).some(saysSomething)) this.sayEmpty('There is nothing in this period.');
  }

  private sayEmpty(message: string): void {
    this.input.root.dataset.state = 'empty';
    this.link.post('error', { code: 'empty', message });
  }

  private retry(widget: Widget): Promise<void> {
    return this.load({ widgets: [widget.id], reload: true });
  }

  /** Refresh the figures; where there is no dashboard yet, start over. */
  private async reload(): Promise<void> {
    if (!this.client.token) return;
    if (this.hasData) await this.load({ reload: true });
    else await this.open();
  }

  /** Say what is wrong: beside the figures where there are some, in their place where there are none. */
  private fail(problem: Problem): void {
    this.link.post('error', { code: problem.code, message: `${problem.title}. ${problem.text}` });
    this.input.root.dataset.state = problem.code;
    this.view?.setIdle();
    const retry = () => void this.reload();
    if (this.hasData) {
      const again = h('button', { type: 'button', class: 'eb-quiet', onclick: retry }, 'Try again');
      const text = `${problem.title}. ${problem.text} The figures below are the last ones received.`;
      this.notice.show(h('span', {}, text), problem.retry && again);
      return;
    }
    this.view?.dispose();
    this.view = null;
    this.config = null;
    this.main.replaceChildren(problemPage(problem, retry));
  }

  private sayWaiting(seconds: number): void {
    if (this.hasData) this.notice.show(`The server is busy. Trying again in ${Math.ceil(seconds)} s…`);
  }

  private receive(message: Incoming): void {
    if (message.type === 'setTheme') this.theme.setHost(message.theme);
    else if (message.type === 'reload') void this.reload();
    else if (message.type === 'setToken') void this.renew(message.token);
    else if (message.type === 'setFilters' && this.selection && this.config) {
      this.selection = withHostFilters(this.selection, message.filters, this.config);
      this.view?.setSelection(this.selection);
      void this.load({});
    }
  }

  /** Go on with a new token. Filters, period and scroll position stay; the figures are those of the new session. */
  private async renew(token: string): Promise<void> {
    this.client.token = token;
    await this.open();
  }
}

function sameView(one: EmbedConfig, other: EmbedConfig): boolean {
  const visible = ({ dashboard, filters, permissions }: EmbedConfig) =>
    JSON.stringify([dashboard, filters, permissions]);
  return visible(one) === visible(other);
}
