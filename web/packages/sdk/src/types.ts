/** The shapes of the API that this package speaks, named as the API names them. A test holds them to its OpenAPI document. */

/** One thing that happened at a tenant. */
export interface Event {
  readonly tenant_id: string;
  readonly event_name: string;
  /** RFC 3339 or a Date; the server's time if left out. */
  readonly timestamp?: string | Date;
  /** The key under which the event is counted once; made if left out. */
  readonly event_id?: string;
  readonly user_id?: string;
  readonly string_props?: Readonly<Record<string, string>>;
  readonly numeric_props?: Readonly<Record<string, number>>;
}

/** Why one event was not stored. `index` counts through everything given to `sendEvents`. */
export interface EventProblem {
  readonly index: number;
  readonly path: string;
  readonly message: string;
}

/** What became of the events: newly stored, refused, seen before. */
export interface EventsAnswer {
  readonly accepted: number;
  readonly rejected: number;
  readonly duplicates: number;
  readonly errors: readonly EventProblem[];
  readonly status: 'ok' | 'partial';
}

export type Metric =
  | 'count'
  | 'count_unique'
  | 'count_unique_approx'
  | 'sum'
  | 'avg'
  | 'min'
  | 'max'
  | 'p50'
  | 'p95'
  | 'p99'
  | 'p50_approx'
  | 'p95_approx'
  | 'p99_approx'
  | 'formula';

export interface Filters {
  readonly dimensions?: Readonly<Record<string, string | readonly string[]>>;
  readonly numeric_ranges?: Readonly<Record<string, { readonly min?: number; readonly max?: number }>>;
}

/** One figure of a formula. */
export interface BaseFigure {
  /** The query's, if left out. */
  readonly event_name?: string;
  readonly metric: Metric;
  readonly prop?: string;
  readonly filters?: Filters;
}

/** One figure of a series, or one that is a table's column. */
export interface Figure extends BaseFigure {
  /** Such as `failed / total * 100`, of `figures` and with the metric `formula`. */
  readonly formula?: string;
  readonly figures?: Readonly<Record<string, BaseFigure>>;
  /** What it is called in a chart or at the head of a column. */
  readonly title?: string;
}

/** A structured query; docs/reference/queries.md describes each key. */
export interface Query {
  /** Required unless every figure names its own. */
  readonly event_name?: string;
  readonly metric?: Metric;
  readonly prop?: string;
  readonly formula?: string;
  readonly figures?: Readonly<Record<string, BaseFigure>>;
  /** Several figures in place of `metric`, by name. */
  readonly series?: Readonly<Record<string, Figure>>;
  readonly group_by?: string | readonly string[];
  readonly granularity?: 'none' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'auto';
  readonly period?:
    | '1h'
    | '24h'
    | 'today'
    | 'yesterday'
    | '7d'
    | 'this_week'
    | 'last_week'
    | '30d'
    | 'this_month'
    | 'last_month'
    | '90d'
    | 'this_year';
  readonly date_from?: string;
  readonly date_to?: string;
  readonly timezone?: string;
  readonly filters?: Filters;
  readonly compare?: 'previous_period' | 'previous_year';
  /** Each bucket's figure is of all up to it. */
  readonly cumulative?: boolean;
  /** Each bucket's figure is of so many up to it, 2 to 366. */
  readonly moving_average?: number;
  /** Answer as if it were this instant. */
  readonly as_of?: string;
  readonly limit?: number;
  readonly order?: 'asc' | 'desc';
  /** A column of a table, by its name. */
  readonly order_by?: string;
  readonly other?: boolean;
  readonly columns?: readonly (string | Figure)[];
}

/** For one tenant or, said explicitly, for all of them. */
export type Scope = { readonly tenant_id: string } | { readonly all_tenants: true };

/** One figure. `t` is the start of its bucket, null without granularity; `group` is empty without group_by. */
export interface Point {
  readonly t: string | null;
  readonly group: readonly string[];
  readonly value: number | null;
  readonly previous_value?: number | null;
  readonly delta_pct?: number | null;
  readonly other?: boolean;
  /** `t` by the clock of the query's time zone: `2026-11-01T00:00`, of a day and more its date. */
  readonly local?: string | null;
  /** The name of the figure, where a query has `series`. */
  readonly series?: string | null;
}

/** How and as of when a query was answered. */
export interface Meta {
  readonly path: string;
  readonly rows_read: number;
  readonly ms: number;
  readonly cached: boolean;
  readonly as_of: string | null;
  /** True where a sum is null because it is beyond the largest number. */
  readonly overflow?: true | null;
  readonly granularity: 'none' | 'minute' | 'hour' | 'day' | 'week' | 'month';
  readonly timezone: string;
  /** Half-open: `from` is in it, `to` is not; `local_from` and `local_to` are the clock of `timezone` at them. */
  readonly window: Readonly<Record<string, string>>;
  readonly previous_window?: Readonly<Record<string, string>> | null;
  readonly compare?: 'previous_period' | 'previous_year' | null;
  /** How many of the last buckets of `previous_window` have none beside them. */
  readonly previous_unpaired?: number | null;
  /** How far off approximate figures may be: 0.01 is 1 %. */
  readonly relative_error?: number | null;
}

export interface PointsAnswer {
  readonly points: readonly Point[];
  readonly meta: Meta;
}

/** The answer to a query with `columns`. */
export interface TableAnswer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  readonly meta: Meta;
}

export interface DashboardSummary {
  readonly id: string;
  readonly name: string;
  readonly environment: string;
  readonly status: 'draft' | 'published';
  /** Goes back with an update, so that nobody's change is lost. */
  readonly version: number;
  readonly published_version: number | null;
  readonly published_at: string | null;
  readonly has_unpublished_changes: boolean;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface Dashboard extends DashboardSummary {
  /** The draft. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The snapshot that customers are served; null without one. */
  readonly published_config?: Readonly<Record<string, unknown>> | null;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

/** What a session may show; each key only ever narrows. */
export interface Permissions {
  readonly allow_drill_down?: boolean;
  readonly allow_export?: boolean;
  readonly locked_filters?: Readonly<Record<string, string | readonly string[]>>;
  readonly hidden_widgets?: readonly string[];
  readonly allowed_dimensions?: readonly string[] | null;
  readonly allowed_periods?: readonly string[] | null;
  readonly max_date_range_days?: number;
}

export interface NewEmbedSession {
  /** The customer who is signed in: from your own session, never from the request. */
  readonly tenant_id: string;
  readonly dashboard_id: string;
  /** Seconds, 3,600 to 86,400; the former by default. */
  readonly expires_in?: number;
  readonly permissions?: Permissions;
}

/** `embed_url` holds the token: give it to the customer's browser, and to nobody else. */
export interface MintedSession {
  readonly id: string;
  readonly token: string;
  readonly embed_url: string;
  readonly expires_at: string;
}

/** A live session, without its token. */
export interface EmbedSession {
  readonly id: string;
  readonly tenant_id: string;
  readonly dashboard_id: string;
  readonly environment: string;
  readonly permissions: Readonly<Record<string, unknown>>;
  readonly created_by: string;
  readonly created_at: string;
  readonly expires_at: string;
}

/** One attempt to deliver a message: a webhook to `url` (without its query), or a mail to `address`. */
export interface Delivery {
  readonly id: number;
  /** The same for all attempts at a message: of webhooks the `webhook-id`. */
  readonly message_id: string;
  readonly at: string;
  readonly channel: 'webhook' | 'email';
  readonly source: 'alert' | 'report';
  readonly source_id: number;
  readonly source_name: string;
  readonly attempt: number;
  /** Whether no further attempt follows by itself. */
  readonly final: boolean;
  readonly delivered: boolean;
  readonly url: string | null;
  readonly address: string | null;
  readonly status_code: number | null;
  readonly ms: number | null;
  readonly error: string | null;
  readonly answer: string | null;
  readonly request_id: string | null;
}

/** A new signing secret, which is shown this once. The one before signs beside it until `previous_signs_until`. */
export interface WebhookSecret {
  readonly secret: string;
  readonly created_at: string;
  readonly previous_signs_until: string | null;
}
