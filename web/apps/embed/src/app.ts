/** The embed page: one session, one dashboard, one viewer's selection. */

import type { Answer, DataAnswer, DrillRequest, EmbedConfig, ExportFormat, Widget } from '@emban/api/contract';
import { readPeriod, type Slice, type Window, windowLabel } from '@emban/charts';
import { type Engine, fileName, h, save, TooltipBox } from '@emban/widgets';
import { EmbedClient } from './client.ts';
import { DashboardView, today } from './dashboard-view.ts';
import { downloadMenu } from './download-menu.ts';
import { DrillPanel } from './drill-panel.ts';
import { HostLink } from './host-link.ts';
import { chooseLocale, setDirection } from './locale.ts';
import type { Incoming } from './messages.ts';
import { Notice, problemPage } from './notice.ts';
import { foreignToken, missingToken, offline, type Problem, problemOf, sessionEnded } from './problem.ts';
import { Recovery } from './recovery.ts';
import { type Claims, continues, narrowed, readClaims } from './renewal.ts';
import {
  filtersOf,
  firstSelection,
  type HostFilters,
  keepAllowed,
  type RangeLimits,
  rangeLimits,
  refusal,
  type Selection,
  whenOf,
  withDimension,
  withHostFilters,
  withPeriod,
  withRange,
  withWish,
} from './selection.ts';
import { SessionClock } from './session-clock.ts';
import { ThemeControl } from './theme.ts';

export interface PageInput {
  readonly token: string | null;
  /** The locale that the address asks for. */
  readonly locale: string | null;
  readonly dashboardId: string;
  /** Load the page anew with a token in its address. */
  readonly startOver: (token: string) => void;
  readonly root: HTMLElement;
  readonly engine: Promise<Engine>;
}

/** The dashboard's timezone, whether or not this browser knows it: the server cuts and names the days. Else the viewer's own. */
export function timezoneOf(config: EmbedConfig): string {
  return config.dashboard.timezone || Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** What a request asks for: the viewer's choice, in the page's timezone. */
function choiceOf(selection: Selection, config: EmbedConfig) {
  return { ...whenOf(selection), timezone: timezoneOf(config), filters: filtersOf(selection) };
}

function limitsOf(config: EmbedConfig): RangeLimits {
  return rangeLimits(config, today(Date.now(), timezoneOf(config)));
}

function mayDrill({ permissions }: EmbedConfig, dimension: string): boolean {
  const { allow_drill_down: allowed, allowed_dimensions: dimensions } = permissions;
  return allowed !== false && (!dimensions || dimensions.includes(dimension));
}

/** The same request for one bucket of time. */
function withBucket(request: DrillRequest, { from, to }: Window): DrillRequest {
  const { period: _, ...rest } = request;
  return { ...rest, date_from: new Date(from).toISOString(), date_to: new Date(to).toISOString() };
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
  private readonly recovery: Recovery;
  private readonly locale: string;
  private readonly drill = new DrillPanel();
  private readonly notice = new Notice();
  private readonly main = h('main', { class: 'eb-main' });
  private readonly foot = h('footer', { class: 'eb-foot', hidden: true }, 'Powered by ', h('b', {}, 'Emban'));
  /** Whose figures the page shows; what a renewed session is held against. */
  private claims: Claims | null = null;
  private config: EmbedConfig | null = null;
  private view: DashboardView | null = null;
  private selection: Selection | null = null;
  /** What the host asked for and was not given yet: hosts do not wait for the dashboard. */
  private wished: HostFilters | null = null;
  /** The selection of the figures on the page. */
  private answered: Selection | null = null;
  private loading: AbortController | null = null;
  /** Whether the server has ever let this page in. */
  private opened = false;

  constructor(private readonly input: PageInput) {
    this.locale = chooseLocale(input.locale, ...navigator.languages);
    setDirection(document.documentElement, this.locale);
    this.client = new EmbedClient(input.token ?? '', '', (seconds) => this.sayWaiting(seconds));
    this.claims = readClaims(input.token ?? '');
    this.link = new HostLink(window, (message) => this.receive(message));
    this.theme = new ThemeControl((theme) => this.view?.setTheme(theme));
    this.clock = new SessionClock({
      expiring: (seconds) => this.link.post('expiring', { seconds }),
      expired: () => this.fail(sessionEnded()),
    });
    this.recovery = new Recovery(() => void this.reload());
    this.tooltip = new TooltipBox(document.body);
  }

  /** Put the page up and load. Resolves when the first figures, or the reason why there are none, are shown. */
  async start(): Promise<void> {
    const { root, token, dashboardId } = this.input;
    this.main.append(...root.children);
    root.replaceChildren(this.notice.element, this.main, this.foot, this.drill.element);
    new ResizeObserver(() => this.postHeight()).observe(root);
    addEventListener('offline', () => this.client.token && !this.clock.ended && this.fail(offline()));
    this.clock.start();
    this.link.post('ready', { dashboard_id: dashboardId });
    if (token) await this.open();
    else this.fail(missingToken());
  }

  private get hasData(): boolean {
    return this.answered !== null;
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
      this.show(await this.client.config());
    } catch (error) {
      this.fail(problemOf(error));
      return;
    }
    await this.load({}, this.grant() ? undefined : early);
  }

  private show(config: EmbedConfig): void {
    // A period that this page does not know is a failure to show, not one to find when somebody opens the list.
    for (const period of config.filters.periods) readPeriod(period);
    this.config = config;
    this.opened = true;
    this.clock.restart(config.session.expires_in);
    this.selection = this.selection ? keepAllowed(this.selection, config, limitsOf(config)) : firstSelection(config);
    document.title = config.dashboard.name;
    this.theme.setDashboard(config.dashboard.theme ?? {});
    this.view ??= this.makeView(config);
    this.view.show(config);
    this.view.setSelection(this.selection);
    this.foot.hidden = !config.dashboard.branding.powered_by;
    this.notice.hide();
  }

  private makeView(config: EmbedConfig): DashboardView {
    const view = new DashboardView({
      locale: this.locale,
      timezone: timezoneOf(config),
      host: {
        engine: this.input.engine,
        tooltip: this.tooltip,
        retry: (widget) => void this.retry(widget),
        driller: (widget, slice) => this.driller(widget, slice),
        download: (widget) => this.downloadOf(widget),
      },
      events: {
        chosePeriod: (period) => this.choose((selection) => withPeriod(selection, period), 'period'),
        choseRange: (range) => this.choose((selection) => withRange(selection, range), 'period'),
        choseValues: (name, values) => this.choose((selection) => withDimension(selection, name, values), 'filter'),
        reload: () => void this.reload(),
        download: (format) => this.download(format),
      },
    });
    this.main.replaceChildren(view.head, view.body);
    return view;
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
    const body = { ...choiceOf(selection, config), ...options };
    try {
      const data = await (early ?? this.client.data(body, abort.signal));
      if (!abort.signal.aborted) this.present(data, selection, ids);
    } catch (error) {
      if (!abort.signal.aborted) this.fail(problemOf(error));
    }
  }

  private present(data: DataAnswer, selection: Selection, ids: readonly string[] | null): void {
    this.view?.setData(data, selection, this.theme.current, ids);
    this.answered = selection;
    this.recovery.settle();
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

  /** Say what is wrong: beside the figures where there are some that may stay, in their place where there are none. */
  private fail(problem: Problem): void {
    const { root } = this.input;
    // Trying again and failing again is no news.
    if (root.dataset.state !== problem.code) this.tellHost(problem);
    root.dataset.state = problem.code;
    if (problem.passes) this.recovery.schedule();
    else this.recovery.settle();
    this.view?.setIdle();
    const retry = () => void this.reload();
    if (this.hasData && !problem.withdraws) {
      const again = h('button', { type: 'button', class: 'eb-quiet', onclick: retry }, 'Try again');
      const text = `${problem.title}. ${problem.text} The figures below are the last ones received.`;
      this.notice.show(h('span', {}, text), problem.retry && again);
      this.goBack();
      return;
    }
    this.view?.dispose();
    this.drill.close();
    this.notice.hide();
    [this.view, this.config, this.answered] = [null, null, null];
    this.main.replaceChildren(problemPage(problem, retry));
  }

  /** The controls show what the figures are of, not what could not be shown. */
  private goBack(): void {
    if (!this.answered || this.selection === this.answered || !this.config) return;
    this.selection = keepAllowed(this.answered, this.config, limitsOf(this.config));
    this.view?.setSelection(this.selection);
  }

  private tellHost({ code, title, text }: Problem): void {
    this.link.post('error', { code, message: `${title}. ${text}` });
  }

  private sayWaiting(seconds: number): void {
    if (this.hasData) this.notice.show(`The server is busy. Trying again in ${Math.ceil(seconds)} s…`);
  }

  private receive(message: Incoming): void {
    if (message.type === 'setTheme') this.theme.setHost(message.theme);
    else if (message.type === 'reload') void this.reload();
    else if (message.type === 'setToken') void this.renew(message.token);
    else if (message.type === 'setFilters') {
      this.wished = withWish(this.wished, message.filters);
      if (this.grant()) void this.load({});
    }
  }

  /** Select what the host asked for, once there is a dashboard to ask it of. False where nothing was asked. */
  private grant(): boolean {
    const { wished, config, selection } = this;
    if (!wished || !config || !selection) return false;
    this.wished = null;
    const objection = refusal(wished, config, limitsOf(config));
    if (objection) this.link.post('error', { code: 'period_not_allowed', message: objection });
    this.selection = withHostFilters(selection, wished, config, limitsOf(config));
    this.view?.setSelection(this.selection);
    return true;
  }

  /**
   * Go on with a new token: filters, period and scroll position stay, the figures are those of the new session. A token for another view, or
   * one that the server does not take, changes nothing on the page; the host is told. Where no session has been opened yet, the page starts
   * over, so that the browser asks the token's org whether this host may frame it.
   */
  private async renew(token: string): Promise<void> {
    const claims = readClaims(token);
    if (!claims || !continues(claims, this.opened ? this.claims : null, this.input.dashboardId)) {
      this.tellHost(foreignToken());
      return;
    }
    if (!this.opened) {
      this.input.startOver(token);
      return;
    }
    const { config: before } = this;
    try {
      const config = await this.client.config(token);
      this.loading?.abort();
      [this.client.token, this.claims] = [token, claims];
      this.show(before ? narrowed(config, before) : config);
    } catch (error) {
      const problem = problemOf(error);
      if (this.hasData && !this.clock.ended && !problem.passes) this.tellHost(problem);
      else this.fail(problem);
      return;
    }
    await this.load({});
  }

  /** What opens the events behind a slice; null where this session may not see them. */
  private driller(widget: Widget, slice: Slice): (() => void) | null {
    const { config } = this;
    if (!config || !mayDrill(config, slice.dimension)) return null;
    return () => {
      const { answered } = this;
      const context = this.view?.contextOf(widget);
      if (!answered || !context) return;
      const { dimension, value, bucket } = slice;
      const body = { ...choiceOf(answered, config), widget_id: widget.id, dimension, value };
      const request = bucket ? withBucket(body, bucket) : body;
      this.link.post('drill', { widget_id: widget.id, dimension, value });
      const window = bucket ?? context.window;
      const drilled = { widget, dimension, value, window, when: bucket?.name ?? windowLabel(window, context) };
      void this.drill.open(drilled, context, (signal) => this.client.drill(request, signal));
    };
  }

  /** The downloads of one widget; null where this session may take none away. */
  private downloadOf(widget: Widget): HTMLElement | null {
    if (this.config?.permissions.allow_export === false) return null;
    return downloadMenu(`Download: ${widget.title}`, 'ew-tool', (format) => this.download(format, widget));
  }

  /** Save the figures of a widget, or of all of them, as a file. */
  private async download(format: ExportFormat, widget?: Widget): Promise<void> {
    const { config, answered } = this;
    if (!config || !answered) return;
    const one = widget ? { widget_id: widget.id } : {};
    try {
      const file = await this.client.export({ ...choiceOf(answered, config), ...one, format, locale: this.locale });
      const day = today(Date.now(), timezoneOf(config));
      save(file, fileName(format, config.dashboard.name, widget?.title ?? '', day));
      this.notice.hide();
    } catch (error) {
      const problem = problemOf(error);
      this.tellHost(problem);
      this.notice.show(`The file could not be made. ${problem.title}. ${problem.text}`);
    }
  }
}
