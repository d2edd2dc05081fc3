/** The JSON that the browser side of Emban exchanges with the API. Times are RFC 3339 instants in UTC. */

import type { components } from './generated/openapi.ts';

type Schemas = components['schemas'];

type ApiWidget = Schemas['PageWidgetOut'];

/** Lists of names are the server's: what it adds does not compile here until the pages know what to do with it. */
export type WidgetKind = ApiWidget['kind'];
export type ChartType = ApiWidget['chart'];
export type Period = NonNullable<Schemas['EmbedExportBody']['period']>;
export type Granularity = Exclude<Schemas['MetaOut']['granularity'], 'none'>;
export type Compare = NonNullable<Schemas['QueryIn']['compare']>;

/** Place on the 12-column grid, in columns and rows. */
export interface Layout {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** One of several figures: its name in the answer's points, and what to call it. */
export interface FigureTitle {
  readonly name: string;
  readonly title: string;
}

/** The part of a widget's query that helps to draw its answer. */
export interface QueryShape {
  readonly metric?: string | null | undefined;
  readonly prop?: string | null | undefined;
  readonly group_by?: readonly string[] | undefined;
  readonly granularity?: string | null | undefined;
  readonly compare?: string | null | undefined;
  /** What the figures are called, where a chart or card has several. Their order is that of the points. */
  readonly series?: readonly FigureTitle[] | null | undefined;
  /** Each bucket's figure is of all up to it. */
  readonly cumulative?: boolean | null | undefined;
  /** Each bucket's figure is of so many up to it. */
  readonly moving_average?: number | null | undefined;
}

export interface Widget {
  readonly id: string;
  readonly title: string;
  readonly kind: WidgetKind;
  readonly chart: ChartType;
  readonly layout: Layout;
  readonly description?: string | null | undefined;
  /** `ms`, `s`, `%` (0 to 100), `bytes`, `MiB`, a currency such as `USD`, or any word to put after a number. */
  readonly unit?: string | null | undefined;
  /** How figures are written where the unit does not say it: `ratio` (0 to 1), `percent`, `duration`, `bytes`, `currency`. */
  readonly format?: string | null | undefined;
  /** Which way a change is welcome; null or absent where nobody can tell. */
  readonly good?: ApiWidget['good'] | undefined;
  /** What a progress figure runs towards. */
  readonly target?: number | null | undefined;
  readonly query?: QueryShape | undefined;
}

export interface Point {
  /** Start of the bucket, null without granularity. */
  readonly t: string | null;
  /** The same in the answer's timezone: `2026-11-01` for days and more, `2026-11-01T14:00` for less. Older servers leave it out. */
  readonly local?: string | null;
  readonly group: readonly (string | null)[];
  readonly value: number | null;
  readonly previous_value?: number | null;
  readonly delta_pct?: number | null;
  /** True on the row that sums up what the limit left out. */
  readonly other?: boolean | null;
  /** The name of the figure, where a chart or card has several. */
  readonly series?: string | null;
}

/** The half-open window [from, to) that an answer covers, as instants and, from newer servers, as local times. */
export interface AnswerWindow {
  readonly from: string;
  readonly to: string;
  readonly local_from?: string | null;
  readonly local_to?: string | null;
}

export interface Meta {
  readonly path?: string;
  readonly rows_read?: number;
  readonly ms?: number;
  readonly cached?: boolean;
  readonly as_of?: string | null;
  readonly granularity?: string | null;
  /** True where a sum is null because it is beyond the largest number. */
  readonly overflow?: boolean | null;
  readonly window?: AnswerWindow | null;
  readonly timezone?: string | null;
  readonly compare?: Compare | null;
  /** What `previous_value` is of; its buckets are paired with those of `window` in their order. */
  readonly previous_window?: AnswerWindow | null;
  /** How many of its last buckets have none beside them. */
  readonly previous_unpaired?: number | null;
  /** How far off approximate figures may be: 0.01 is 1 %. */
  readonly relative_error?: number | null;
}

export interface PointsAnswer {
  readonly points: readonly Point[];
  readonly meta?: Meta;
}

export type Cell = string | number | boolean | null;

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly unit?: string | null;
}

export interface TableAnswer {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  readonly meta?: Meta;
}

export interface FailedAnswer {
  readonly error: string;
  readonly code: string;
}

export type Answer = PointsAnswer | TableAnswer | FailedAnswer;

export interface FilterDimension {
  readonly name: string;
  readonly values: readonly string[];
}

export interface EmbedConfig {
  readonly dashboard: {
    readonly id: string;
    readonly name: string;
    readonly theme?: Record<string, string> | null;
    /** Whether "Powered by Emban" stands below the page. */
    readonly branding: { readonly powered_by: boolean };
    readonly timezone: string;
    readonly widgets: readonly Widget[];
  };
  readonly filters: {
    readonly periods: readonly string[];
    readonly default_period: string;
    readonly dimensions: readonly FilterDimension[];
    /** Numeric properties that ranges may be given for; any other is a 403 `dimension_not_shown`. */
    readonly numeric?: readonly string[];
  };
  readonly permissions: {
    readonly allow_drill_down?: boolean;
    readonly allow_export?: boolean;
    readonly allowed_dimensions?: readonly string[] | null;
    readonly max_date_range_days?: number;
    readonly allowed_periods?: readonly string[] | null;
  };
  readonly session: { readonly expires_in: number };
}

export interface NumericRange {
  readonly min?: number;
  readonly max?: number;
}

export interface DataFilters {
  readonly dimensions: Record<string, readonly string[]>;
  readonly numeric_ranges: Record<string, NumericRange>;
}

/** Either `period`, or `date_from` and `date_to`; without any, and without a timezone, the dashboard's own defaults. */
export interface DataRequest {
  readonly period?: Period;
  readonly date_from?: string;
  readonly date_to?: string;
  readonly timezone?: string;
  readonly filters?: DataFilters;
  readonly widgets?: readonly string[];
  readonly reload?: boolean;
}

export interface DataAnswer {
  readonly widgets: Readonly<Record<string, Answer>>;
  readonly as_of: string | null;
}

/** What a viewer chose: part of every request that reads events. */
export type Choice = Pick<DataRequest, 'period' | 'date_from' | 'date_to' | 'timezone' | 'filters'>;

/** The slice of a widget whose events are wanted; an empty `value` for events without the dimension. */
export interface DrillRequest extends Choice {
  readonly widget_id: string;
  readonly dimension: string;
  readonly value: string;
}

/** Events behind a slice, the newest first; `truncated` where there are more than are shown. */
export interface DrillAnswer extends TableAnswer {
  readonly truncated?: boolean;
  /** For each row, what a clock in the answer's time zone showed. */
  readonly local?: readonly string[];
}

export type ExportFormat = Schemas['EmbedExportBody']['format'];

export interface ExportRequest extends Choice {
  readonly format: ExportFormat;
  /** How a png or a pdf writes numbers and dates. */
  readonly locale?: string;
  /** With a byte order mark, for Excel. */
  readonly bom?: boolean;
  /** One widget alone; all of them where it is left out. */
  readonly widget_id?: string;
}
