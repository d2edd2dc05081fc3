/** What does not go together in a widget, each with the reason. The server has the last word; these keep a person from asking it. */

import type { DraftWidget, Query } from './doc.ts';
import { CHARTS, needsNumber } from './kinds.ts';
import { asList } from './question.ts';

/** Parts of the editor that can be closed. */
export type Part =
  | 'group_by'
  | 'series'
  | 'compare'
  | 'granularity'
  | 'cumulative'
  | 'moving_average'
  | 'limit'
  | 'other'
  | 'prop'
  | 'target'
  | 'lines'
  | 'good'
  | 'unit';

type Rule = (widget: DraftWidget, query: Query) => string | null;

const grouped = (query: Query) => asList(query.group_by).length > 0;
const buckets = (widget: DraftWidget) => widget.kind === 'timeseries';

const RULES: Readonly<Record<Part, Rule>> = {
  group_by: (widget, query) => {
    if (widget.kind === 'kpi') return 'A single figure has no groups. Choose a breakdown or a chart over time.';
    return query.series
      ? 'Several figures and groups do not go into one chart. Take the other figures away first.'
      : null;
  },
  series: (widget, query) => {
    if (widget.kind === 'breakdown')
      return 'A breakdown shows one figure. Choose a chart over time, figures, or a table.';
    if (widget.chart === 'progress') return 'Progress is of one figure. Choose “Number” to show several.';
    return grouped(query) ? 'Several figures and groups do not go into one chart. Take the groups away first.' : null;
  },
  compare: (widget) => (widget.kind === 'table' ? 'A table has no column for the period before.' : null),
  granularity: (widget) => (buckets(widget) ? null : 'Only a chart over time has steps of time.'),
  cumulative: (widget, query) => {
    if (!buckets(widget)) return 'Only a chart over time can add up.';
    return query.moving_average ? 'It does not go with a moving average. Take that away first.' : null;
  },
  moving_average: (widget, query) => {
    if (!buckets(widget)) return 'Only a chart over time can be smoothed.';
    return query.cumulative ? 'It does not go with a running total. Switch that off first.' : null;
  },
  limit: (widget, query) =>
    widget.kind === 'table' || grouped(query) ? null : 'There is nothing to limit without groups.',
  other: (widget, query) => {
    if (widget.kind === 'table') return 'A table has no row for all others.';
    return grouped(query) ? null : 'Without groups nothing is left out.';
  },
  prop: (_widget, query) =>
    query.metric === 'count' || query.metric === 'count_unique_approx'
      ? 'This metric counts events or users, not a property.'
      : null,
  target: (widget, query) => {
    if (widget.kind !== 'kpi') return 'A target belongs to a figure. A chart over time takes a goal line.';
    return query.series ? 'A target is of one figure.' : null;
  },
  lines: (widget) =>
    widget.kind === 'timeseries' || widget.chart === 'horizontal_bar'
      ? null
      : 'Lines are drawn in charts over time and in bars.',
  good: (_widget, query) => (query.compare ? null : 'It colours the change. Choose a comparison first.'),
  unit: () => null,
};

/** Why a part is closed for this widget; null where it is open. */
export function closedBecause(part: Part, widget: DraftWidget): string | null {
  return RULES[part](widget, widget.query ?? {});
}

/** Why a chart cannot draw this widget's question; null where it can. */
export function chartClosedBecause(chart: string, widget: DraftWidget): string | null {
  if (!CHARTS[widget.kind].includes(chart)) return 'It belongs to another kind of widget.';
  const query = widget.query ?? {};
  if (chart === 'progress' && query.series) return 'Progress is of one figure, and this widget has several.';
  if (chart === 'stacked_bar' && !grouped(query) && !query.series) return 'Stacks need groups or several figures.';
  return null;
}

/** What is missing before the server can be asked, by the field that it is to be given in. */
export function gaps(widget: DraftWidget): Readonly<Record<string, string>> {
  const query = widget.query ?? {};
  const missing: Record<string, string> = {};
  if (widget.title.trim() === '') missing.title = 'Give it a title.';
  if (query.metric && needsNumber(query.metric) && !query.prop)
    missing['query.prop'] = 'Choose the property to compute it from.';
  if (query.metric === 'formula' && !query.formula)
    missing['query.formula'] = 'Write a formula, such as errors / calls.';
  if (widget.kind === 'breakdown' && !grouped(query)) missing['query.group_by'] = 'Choose what to break it down by.';
  if (widget.kind === 'text' && !widget.text?.trim()) missing.text = 'Write something.';
  return missing;
}
