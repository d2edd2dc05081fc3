import { ApiFailure } from '@emban/api';
import { expect, it } from 'vitest';
import { failureText } from './failure.ts';
import { errorsByField } from './forms.ts';

it('says what happened, whether data is safe, and what opens it', () => {
  expect(failureText(new ApiFailure(400, 'x', 'the name is taken'))).toBe('The name is taken.');
  expect(failureText(new ApiFailure(500, 'x', 'Emban failed'))).toBe('Emban failed. Your data is safe.');
  expect(failureText(new ApiFailure(0, 'offline', ''))).toContain('cannot be reached');
  const plan = new ApiFailure(402, 'x', 'no more dashboards.', { details: { upgrade_to: 'growth' } });
  expect(failureText(plan)).toBe('No more dashboards. The growth plan opens it.');
  expect(failureText(new TypeError('undefined is not a function'))).not.toContain('undefined');
});

it('puts the errors of the API at the fields of the form', () => {
  const details = {
    fields: [
      { path: 'allowed_cidrs[0]', message: 'is no network' },
      { path: 'label', message: 'is long' },
    ],
  };
  const error = new ApiFailure(400, 'invalid_request', 'not as documented', { details });
  const rename = (path: string) => (path.startsWith('allowed') ? 'networks' : null);
  expect(errorsByField(error, rename)).toEqual({ networks: 'is no network', label: 'is long' });
  expect(errorsByField(new Error('x'))).toEqual({});
});
