/** The shapes of alerts and reports, key by key as the API documents them. */

import type { Delivery, Filters, Query } from './types.ts';

/** What an alert or a run sends to one destination; `id` is the message's, of a webhook the `webhook-id`. */
export interface SentMessage {
  readonly id: string;
  readonly channel: 'webhook' | 'email';
  readonly to: string;
  readonly status: 'pending' | 'delivered' | 'failed';
  readonly attempts: number;
}

/** A published widget's figure, and what of it is told to whom; name a destination at least. */
export interface NewAlert {
  readonly name: string;
  readonly widget_id: string;
  /** Left out, the widget is the library's. */
  readonly dashboard_id?: string;
  /** Left out, all tenants together. */
  readonly tenant_id?: string;
  readonly condition_type: 'threshold' | 'delta' | 'no_data';
  /** Of a threshold and a delta. */
  readonly operator?: 'gt' | 'lt' | 'gte' | 'lte';
  /** Of a delta in percent, whichever way it went. */
  readonly threshold_value?: number;
  readonly lookback_minutes?: number;
  readonly for_minutes?: number;
  readonly cooldown_minutes?: number;
  readonly notify_resolved?: boolean;
  readonly email_to?: readonly string[];
  readonly webhook_url?: string;
  readonly enabled?: boolean;
}

/** An alert and its state; `problem` is null or says why it can't be judged. */
export interface Alert {
  readonly id: number;
  readonly environment: string;
  readonly name: string;
  readonly widget_id: string;
  readonly dashboard_id: string | null;
  readonly tenant_id: string | null;
  readonly condition_type: 'threshold' | 'delta' | 'no_data';
  readonly operator: 'gt' | 'lt' | 'gte' | 'lte' | null;
  readonly threshold_value: number | null;
  readonly lookback_minutes: number;
  readonly for_minutes: number;
  readonly cooldown_minutes: number;
  readonly notify_resolved: boolean;
  readonly email_to: readonly string[];
  readonly webhook_url: string | null;
  readonly enabled: boolean;
  readonly state: 'ok' | 'pending' | 'firing' | 'unknown';
  readonly last_value: number | null;
  readonly last_evaluated_at: string | null;
  readonly last_fired_at: string | null;
  readonly next_evaluation_at: string | null;
  readonly problem: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

/** A line of an alert's history: that it fired, that it was over, or why a delta has no percentage (`note`). */
export interface AlertEvent {
  readonly id: number;
  readonly at: string;
  readonly state: 'firing' | 'ok';
  readonly value: number | null;
  readonly previous_value: number | null;
  readonly threshold_value: number | null;
  readonly as_of: string | null;
  readonly window: { readonly from: string; readonly to: string };
  readonly note: string | null;
  readonly deliveries: readonly SentMessage[];
}

/** What an alert would have done over the last 7 days, evaluated every `step_minutes`. */
export interface AlertPreview {
  /** The figure that each evaluation would have seen, of a delta the change in percent. */
  readonly points: readonly { readonly t: string; readonly value: number | null }[];
  readonly firings: readonly {
    readonly fired_at: string;
    readonly resolved_at: string | null;
    readonly value: number | null;
  }[];
  readonly evaluated: number;
  readonly step_minutes: number;
}

/** How a test message fared at each destination. */
export interface AlertTest {
  readonly deliveries: readonly Delivery[];
}

/** A published dashboard on a schedule. `hour` is a local one of `timezone`; name a destination at least. */
export interface NewReport {
  readonly name: string;
  readonly dashboard_id: string;
  readonly schedule_kind: 'daily' | 'weekly' | 'monthly';
  readonly hour: number;
  readonly format: 'csv' | 'png' | 'pdf';
  /** Of a weekly report: 0 Sunday to 6 Saturday. */
  readonly day_of_week?: number;
  /** Of a monthly report: 1 to 31; months without that day are skipped. */
  readonly day_of_month?: number;
  readonly timezone?: string;
  readonly csv_zip?: boolean;
  /** One of the dashboard's periods, or `previous`: the whole day, week or month before. */
  readonly period?: NonNullable<Query['period']> | 'previous';
  readonly tenant_id?: string;
  readonly filters?: Filters;
  readonly email_to?: readonly string[];
  readonly webhook_url?: string;
  readonly enabled?: boolean;
}

/** A report; `next_run_at` is null while it is not enabled. */
export interface Report {
  readonly id: number;
  readonly environment: string;
  readonly name: string;
  readonly dashboard_id: string;
  readonly schedule_kind: 'daily' | 'weekly' | 'monthly';
  readonly hour: number;
  readonly day_of_week: number | null;
  readonly day_of_month: number | null;
  readonly timezone: string;
  readonly format: 'csv' | 'png' | 'pdf';
  readonly csv_zip: boolean;
  readonly period: NonNullable<Query['period']> | 'previous' | null;
  readonly tenant_id: string | null;
  readonly filters: Readonly<Record<string, unknown>>;
  readonly email_to: readonly string[];
  readonly webhook_url: string | null;
  readonly enabled: boolean;
  readonly next_run_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

/** A run of a report; `artifact` tells whether its file can be downloaded. */
export interface ReportRun {
  readonly id: number;
  readonly trigger: 'schedule' | 'manual';
  readonly status: 'queued' | 'running' | 'delivered' | 'partly_delivered' | 'failed';
  readonly scheduled_for: string;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly bytes: number | null;
  readonly as_of: string | null;
  readonly artifact: boolean;
  readonly error: string | null;
  readonly deliveries: readonly SentMessage[];
}
