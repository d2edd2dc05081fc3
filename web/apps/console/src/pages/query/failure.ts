/** Where in the editor a failure is. Pure. */

import type { ApiFailure } from '@emban/api';
import type { Marked } from './editor-setup.ts';
import { offsetOf, type Statement, wordAt } from './statements.ts';

/** The server's place, or the first word of the statement that the message is about; null where neither is known. */
export function placeOf(failure: ApiFailure | null, statement: Statement | null): Marked | null {
  if (!failure || !statement) return null;
  const { position, construct } = failure.details;
  if (typeof position === 'number') return moved(wordAt(statement.text, offsetOf(statement.text, position)), statement);
  if (typeof construct !== 'string' || !/^[\w.;]+$/.test(construct)) return null;
  const bounded = new RegExp(`(?<![\\w])${construct.replaceAll('.', '\\.')}(?![\\w])`, 'i');
  const at = statement.text.search(construct === ';' ? /;/ : bounded);
  return at < 0 ? null : moved({ from: at, to: at + construct.length }, statement);
}

function moved({ from, to }: Marked, statement: Statement): Marked {
  return { from: from + statement.from, to: to + statement.from };
}
