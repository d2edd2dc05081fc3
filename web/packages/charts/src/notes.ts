/** What a card says of its figures in small: how exact they are, what was left out. */

import type { Answer, Meta, PointsAnswer, Widget } from '@emban/api/contract';
import { breakdownView } from './breakdown.ts';
import type { ChartContext } from './context.ts';
import { formatValue } from './format/number.ts';
import { plain, unitOfWidget } from './format/unit.ts';
import { rollingName } from './rolling.ts';
import { readWindow, type Window } from './time/wall.ts';
import { beforeLabel } from './timeseries-time.ts';

/** How far off approximate percentiles may be; empty where all figures are exact. */
export function errorNote(meta: Meta | undefined, locale: string): string {
  const { relative_error: error } = meta ?? {};
  if (!error) return '';
  const within = new Intl.NumberFormat(locale, { style: 'percent', maximumSignificantDigits: 2 }).format(error);
  return `Percentiles are approximate, within ${within}`;
}

/** The buckets of the window before that stand beside none, as the last of January do beside February's. */
export function unpairedNote(meta: Meta | undefined, context: ChartContext): string {
  const count = meta?.previous_unpaired ?? 0;
  if (!meta || count < 1) return '';
  const bucket = meta.granularity ?? 'bucket';
  const last = count === 1 ? `last ${bucket}` : `last ${formatValue(count, plain, context.locale)} ${bucket}s`;
  return `Not drawn: the ${last} of ${beforeLabel(meta, context)}, with nothing beside ${count === 1 ? 'it' : 'them'}.`;
}

export function metaOf(answer: Answer): Meta | undefined {
  return 'meta' in answer ? answer.meta : undefined;
}

/** The window that an answer says it covers. */
export function windowOf(answer: Answer): Window | null {
  return readWindow(metaOf(answer)?.window);
}

/** The first window that one of several answers says it covers. */
export function coveredWindow(answers: readonly Answer[]): Window | null {
  for (const answer of answers) {
    const window = windowOf(answer);
    if (window) return window;
  }
  return null;
}

/** What stands beside a card's title: the unit where an axis has bare numbers, and what a figure is of that is of several buckets. */
export function besideTitle(widget: Widget, answer: Answer | null, locale: string | undefined): string {
  const unit = widget.kind === 'timeseries' ? unitOfWidget(widget) : null;
  const word = unit?.kind === 'word' ? unit.word : '';
  const rolling = answer && locale ? rollingName(widget, metaOf(answer), locale) : '';
  return [word, rolling].filter(Boolean).join(', ');
}

/** How many groups a breakdown leaves out, in words; empty for none. */
function omittedNote(widget: Widget, answer: Answer, context: ChartContext): string {
  if (widget.kind !== 'breakdown') return '';
  const { omitted } = breakdownView(widget, answer as PointsAnswer, context);
  return omitted ? `${formatValue(omitted, undefined, context.locale)} smaller groups are not shown.` : '';
}

/** What a figure leaves out, in words; empty for nothing. */
export function omissionNote(widget: Widget, answer: Answer, context: ChartContext): string {
  return omittedNote(widget, answer, context) || unpairedNote(metaOf(answer), context);
}
