import { expect, it } from 'vitest';
import { emailProblem, passwordProblem, safeNext } from './password.ts';

it('says what is wrong with a new password', () => {
  expect(passwordProblem('short')).toBe('At least 10 characters');
  expect(passwordProblem('ü'.repeat(37))).toBe('At most 72 bytes');
  expect(passwordProblem('ü'.repeat(36))).toBeNull();
});

it('wants an address that can be one', () => {
  expect(emailProblem('ann@example.com')).toBeNull();
  for (const wrong of ['', 'ann', 'ann@', 'ann@example', 'a b@example.com']) expect(emailProblem(wrong)).not.toBeNull();
});

it('leads to places of the console alone', () => {
  expect(safeNext('/dashboards/d?period=7d')).toBe('/dashboards/d?period=7d');
  for (const evil of [undefined, '', 'https://evil.example', '//evil.example', '/\\evil.example']) {
    expect(safeNext(evil)).toBe('/');
  }
});
