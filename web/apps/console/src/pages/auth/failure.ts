/** What signing in says when it is refused. */

import { ApiFailure } from '@emban/api';
import { failureText } from '@emban/kit';
import { words } from '../../words/words.ts';

export function loginFailure(error: unknown): string {
  const wrong = error instanceof ApiFailure && error.code === 'invalid_credentials';
  return wrong ? words.auth.wrong : failureText(error);
}
