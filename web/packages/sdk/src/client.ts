/** The client: one server and one API key. */

import { type Batch, batches, bodyOf, decoded } from './batches.ts';
import { EmbanError } from './errors.ts';
import { type Call, type CallOptions, type ClientOptions, Http } from './http.ts';
import type { Alert, AlertEvent, AlertPreview, AlertTest, NewAlert, NewReport, Report, ReportRun } from './rules.ts';
import type {
  Dashboard,
  DashboardSummary,
  Delivery,
  EmbedSession,
  Event,
  EventProblem,
  EventsAnswer,
  MintedSession,
  NewEmbedSession,
  Page,
  PointsAnswer,
  Query,
  Scope,
  TableAnswer,
  WebhookSecret,
} from './types.ts';

export interface PageOptions extends CallOptions {
  /** At most 200; default 50. */
  readonly limit?: number;
  readonly cursor?: string | null;
}

export interface SessionPageOptions extends PageOptions {
  /** Sessions of this tenant alone. */
  readonly tenant_id?: string;
}

export interface DeliveryPageOptions extends PageOptions {
  readonly channel?: 'webhook' | 'email';
  readonly source?: 'alert' | 'report';
  /** The alert's or the report's id. */
  readonly source_id?: number;
}

type DraftChange = {
  readonly version: number;
  readonly name?: string;
  readonly config?: Readonly<Record<string, unknown>>;
};
type WireAnswer = Partial<EventsAnswer> & Pick<EventsAnswer, 'accepted'>;

function get(path: string, query?: Readonly<Record<string, string>>): Call {
  return { method: 'GET', path, repeatable: true, ...(query ? { query } : {}) };
}

function post(path: string, body: unknown, repeatable: boolean): Call {
  return { method: 'POST', path, body: JSON.stringify(body), repeatable };
}

function pageQuery({ limit, cursor, tenant_id }: SessionPageOptions): Record<string, string> {
  return {
    ...(limit === undefined ? {} : { limit: String(limit) }),
    ...(cursor ? { cursor } : {}),
    ...(tenant_id === undefined ? {} : { tenant_id }),
  };
}

function alertPath(id: number, rest = ''): string {
  return `/v1/alerts/${id}${rest}`;
}

function reportPath(id: number, rest = ''): string {
  return `/v1/reports/${id}${rest}`;
}

function dashboardPath(id: string, verb = ''): string {
  return `/v1/dashboards/${encodeURIComponent(id)}${verb}`;
}

/** Adds a batch's answer to the total; the indexes of errors count through all batches. */
function merged(total: EventsAnswer, answer: WireAnswer, offset: number): EventsAnswer {
  const rejected = total.rejected + (answer.rejected ?? 0);
  const errors = (answer.errors ?? []).map((one): EventProblem => ({ ...one, index: one.index + offset }));
  return {
    accepted: total.accepted + answer.accepted,
    rejected,
    duplicates: total.duplicates + (answer.duplicates ?? 0),
    errors: [...total.errors, ...errors],
    status: rejected > 0 ? 'partial' : 'ok',
  };
}

async function* everyItem<T>(ask: (cursor: string | null) => Promise<Page<T>>): AsyncGenerator<T> {
  let cursor: string | null = null;
  do {
    const page: Page<T> = await ask(cursor);
    yield* page.items;
    cursor = page.next_cursor;
  } while (cursor);
}

/** Sends one batch that is encoded already: what the tracker uses. */
export function sendBatch(http: Http, batch: Batch, options: CallOptions = {}): Promise<WireAnswer> {
  return http.run({ method: 'POST', path: '/v1/events', body: bodyOf(batch), repeatable: true }, options);
}

export class Emban {
  /** @internal */
  readonly http: Http;

  /** `url` is where Emban answers, such as `https://analytics.example.com`. */
  constructor(url: string, options: ClientOptions) {
    this.http = new Http(url, options);
  }

  /**
   * Send any number of events, in requests of at most 1,000; events without an `event_id` are given one. Refused events are in the answer's
   * `errors`. An EmbanError that is thrown has `unsent`: how far it came, what to send again.
   */
  async sendEvents(events: Iterable<Event>, options: CallOptions = {}): Promise<EventsAnswer> {
    let total: EventsAnswer = { accepted: 0, rejected: 0, duplicates: 0, errors: [], status: 'ok' };
    for (const batch of batches(events)) {
      try {
        total = merged(total, await sendBatch(this.http, batch, options), batch.offset);
      } catch (error) {
        if (error instanceof EmbanError) error.unsent = { answer: total, offset: batch.offset, events: decoded(batch) };
        throw error;
      }
    }
    return total;
  }

  /** Run one structured query for a tenant, or explicitly for all: `points`, or with `columns` a table. */
  query(query: Query & { readonly columns?: never }, scope: Scope, options?: CallOptions): Promise<PointsAnswer>;
  query(query: Query, scope: Scope, options?: CallOptions): Promise<PointsAnswer | TableAnswer>;
  query(query: Query, scope: Scope, options: CallOptions = {}): Promise<PointsAnswer | TableAnswer> {
    return this.http.run(post('/v1/query', { query, ...scope }, true), options);
  }

  /** The event names, properties and measures that were found in the environment. */
  discover(options: CallOptions = {}): Promise<Readonly<Record<string, unknown>>> {
    return this.http.run(get('/v1/discover'), options);
  }

  /** Make a draft from what was found. */
  autoCreateDashboard(options: CallOptions = {}): Promise<{ readonly dashboard_id: string }> {
    return this.http.run(post('/v1/discover/auto-create', {}, false), options);
  }

  listDashboards(options: PageOptions = {}): Promise<Page<DashboardSummary>> {
    return this.http.run(get('/v1/dashboards', pageQuery(options)), options);
  }

  /** Every dashboard, page by page: `for await (const dashboard of emban.dashboards())`. */
  dashboards(options: CallOptions = {}): AsyncGenerator<DashboardSummary> {
    return everyItem((cursor) => this.listDashboards({ ...options, cursor }));
  }

  getDashboard(id: string, options: CallOptions = {}): Promise<Dashboard> {
    return this.http.run(get(dashboardPath(id)), options);
  }

  /** Create a draft; not sent again after a timeout, because a second one would be made. */
  createDashboard(
    body: { readonly name: string; readonly config?: Readonly<Record<string, unknown>> },
    options: CallOptions = {},
  ): Promise<Dashboard> {
    return this.http.run(post('/v1/dashboards', body, false), options);
  }

  /** Change a draft. `version` is the one that the change was made from: 409 if somebody was faster. */
  updateDashboard(id: string, change: DraftChange, options: CallOptions = {}): Promise<Dashboard> {
    const call: Call = { method: 'PUT', path: dashboardPath(id), body: JSON.stringify(change), repeatable: false };
    return this.http.run(call, options);
  }

  /** Delete a dashboard and its snapshot. */
  deleteDashboard(id: string, options: CallOptions = {}): Promise<void> {
    return this.http.run({ method: 'DELETE', path: dashboardPath(id), repeatable: false }, options);
  }

  /** Freeze the draft into the snapshot that customers are served. */
  publishDashboard(id: string, options: CallOptions = {}): Promise<void> {
    return this.http.run({ method: 'POST', path: dashboardPath(id, '/publish'), repeatable: true }, options);
  }

  /** Take the dashboard's embeds offline. */
  unpublishDashboard(id: string, options: CallOptions = {}): Promise<void> {
    return this.http.run({ method: 'POST', path: dashboardPath(id, '/unpublish'), repeatable: true }, options);
  }

  /** Mint a session: one tenant, one published dashboard. Sent again after a timeout it makes another one, which does no harm. */
  createEmbedSession(session: NewEmbedSession, options: CallOptions = {}): Promise<MintedSession> {
    return this.http.run(post('/v1/embed-sessions', session, true), options);
  }

  listEmbedSessions(options: SessionPageOptions = {}): Promise<Page<EmbedSession>> {
    return this.http.run(get('/v1/embed-sessions', pageQuery(options)), options);
  }

  /** Every live session, newest first, page by page. */
  embedSessions(options: Omit<SessionPageOptions, 'cursor'> = {}): AsyncGenerator<EmbedSession> {
    return everyItem((cursor) => this.listEmbedSessions({ ...options, cursor }));
  }

  /** End a session; its token is refused within 5 seconds. */
  revokeEmbedSession(id: string, options: CallOptions = {}): Promise<void> {
    const path = `/v1/embed-sessions/${encodeURIComponent(id)}`;
    return this.http.run({ method: 'DELETE', path, repeatable: true }, options);
  }

  /** End every live session of a tenant, or explicitly of all; sessions minted afterwards are not touched. */
  revokeEmbedSessions(scope: Scope, options: CallOptions = {}): Promise<void> {
    const query: Record<string, string> = 'tenant_id' in scope ? { tenant_id: scope.tenant_id } : { all: 'true' };
    return this.http.run({ method: 'DELETE', path: '/v1/embed-sessions', query, repeatable: true }, options);
  }

  /** One page of attempts to deliver webhooks and mails, newest first. */
  listDeliveries(options: DeliveryPageOptions = {}): Promise<Page<Delivery>> {
    const { channel, source, source_id } = options;
    const query: Record<string, string> = {
      ...pageQuery(options),
      ...(channel === undefined ? {} : { channel }),
      ...(source === undefined ? {} : { source }),
      ...(source_id === undefined ? {} : { source_id: String(source_id) }),
    };
    return this.http.run(get('/v1/deliveries', query), options);
  }

  /** Send a webhook's body again under the same `webhook-id`; not sent again after a timeout. */
  redeliver(deliveryId: number, options: CallOptions = {}): Promise<Delivery> {
    const path = `/v1/webhook-deliveries/${deliveryId}/redeliver`;
    return this.http.run({ method: 'POST', path, repeatable: false }, options);
  }

  /** Make the secret that signs webhooks; the one before signs beside it for 24 hours. */
  rotateWebhookSecret(options: CallOptions = {}): Promise<WebhookSecret> {
    return this.http.run({ method: 'POST', path: '/v1/org/webhook-secret', repeatable: false }, options);
  }

  listAlerts(options: PageOptions = {}): Promise<Page<Alert>> {
    return this.http.run(get('/v1/alerts', pageQuery(options)), options);
  }

  getAlert(id: number, options: CallOptions = {}): Promise<Alert> {
    return this.http.run(get(alertPath(id)), options);
  }

  /** Watch a published widget's figure; not sent again after a timeout, because a second alert would be made. */
  createAlert(alert: NewAlert, options: CallOptions = {}): Promise<Alert> {
    return this.http.run(post('/v1/alerts', alert, false), options);
  }

  /** Replace an alert as a whole: what is left out goes back to its default. */
  replaceAlert(id: number, alert: NewAlert, options: CallOptions = {}): Promise<Alert> {
    const body = JSON.stringify(alert);
    return this.http.run({ method: 'PUT', path: alertPath(id), body, repeatable: true }, options);
  }

  /** Delete an alert with its history; the log of deliveries stays. */
  deleteAlert(id: number, options: CallOptions = {}): Promise<void> {
    return this.http.run({ method: 'DELETE', path: alertPath(id), repeatable: false }, options);
  }

  /** What an alert has said, newest first, with what each time was sent to whom. */
  listAlertEvents(id: number, options: PageOptions = {}): Promise<Page<AlertEvent>> {
    return this.http.run(get(alertPath(id, '/events'), pageQuery(options)), options);
  }

  /** What an alert would have done over the last 7 days; nothing is saved. */
  previewAlert(alert: NewAlert, options: CallOptions = {}): Promise<AlertPreview> {
    return this.http.run(post('/v1/alerts/preview', alert, true), options);
  }

  /** Send a test message to each destination now; not sent again after a timeout. */
  testAlert(id: number, options: CallOptions = {}): Promise<AlertTest> {
    return this.http.run({ method: 'POST', path: alertPath(id, '/test'), repeatable: false }, options);
  }

  listReports(options: PageOptions = {}): Promise<Page<Report>> {
    return this.http.run(get('/v1/reports', pageQuery(options)), options);
  }

  getReport(id: number, options: CallOptions = {}): Promise<Report> {
    return this.http.run(get(reportPath(id)), options);
  }

  /** Send a published dashboard on a schedule; not sent again after a timeout, because a second report would be made. */
  createReport(report: NewReport, options: CallOptions = {}): Promise<Report> {
    return this.http.run(post('/v1/reports', report, false), options);
  }

  /** Replace a report as a whole: what is left out goes back to its default. */
  replaceReport(id: number, report: NewReport, options: CallOptions = {}): Promise<Report> {
    const body = JSON.stringify(report);
    return this.http.run({ method: 'PUT', path: reportPath(id), body, repeatable: true }, options);
  }

  /** Delete a report with its runs and their files. */
  deleteReport(id: number, options: CallOptions = {}): Promise<void> {
    return this.http.run({ method: 'DELETE', path: reportPath(id), repeatable: false }, options);
  }

  /** Ask for a run now; it is made in the background. */
  runReport(id: number, options: CallOptions = {}): Promise<{ readonly run_id: number }> {
    return this.http.run({ method: 'POST', path: reportPath(id, '/run'), repeatable: false }, options);
  }

  listReportRuns(id: number, options: PageOptions = {}): Promise<Page<ReportRun>> {
    return this.http.run(get(reportPath(id, '/runs'), pageQuery(options)), options);
  }

  getReportRun(id: number, runId: number, options: CallOptions = {}): Promise<ReportRun> {
    return this.http.run(get(reportPath(id, `/runs/${runId}`)), options);
  }

  /** The file of a run; a 404 while it is not made, and once it is no longer kept. */
  downloadReportRun(id: number, runId: number, options: CallOptions = {}): Promise<Uint8Array> {
    return this.http.run({ ...get(reportPath(id, `/runs/${runId}/artifact`)), file: true }, options);
  }
}
