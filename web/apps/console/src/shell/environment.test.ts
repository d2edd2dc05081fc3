import { expect, it } from 'vitest';
import { pageEverywhere } from './environment.ts';

it('keeps the page, and leaves what belongs to one environment', () => {
  expect(pageEverywhere('/')).toBe('/');
  expect(pageEverywhere('/dashboards')).toBe('/dashboards');
  expect(pageEverywhere('/dashboards/$id')).toBe('/dashboards');
  expect(pageEverywhere('/settings/plan')).toBe('/settings/plan');
});
