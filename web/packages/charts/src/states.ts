/** What stands in the place of a picture: nothing found, something wrong. The same words on a page and in a report. */

import type { Answer, FailedAnswer, Widget } from '@emban/api/contract';

export function isFailed(answer: Answer): answer is FailedAnswer {
  return 'error' in answer;
}

/** Whether an answer has nothing to draw. A zero is something; no rows or gaps alone are nothing. */
export function isEmpty(widget: Widget, answer: Answer): boolean {
  if (isFailed(answer) || widget.kind === 'kpi') return false;
  if ('rows' in answer) return answer.rows.length === 0;
  if (widget.kind === 'timeseries') return answer.points.every((point) => point.value === null);
  return answer.points.every((point) => point.value === null || point.value === 0);
}

export const EMPTY_TITLE = 'Nothing in this period';
export const FAILED_TITLE = 'This could not be loaded';
/** Below a figure that there is none for. */
export const NO_FIGURE = 'No data in this period';

/** The server's words as a sentence of their own. */
export function sentence(text: string): string {
  const words = text.trim() || 'The server did not answer as expected';
  const first = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
