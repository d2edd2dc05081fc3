import { expect, it } from 'vitest';
import { fileNameOf, fileOf, readFile } from './file.ts';

it('reads what it wrote', () => {
  const config = { widgets: [], filters: { periods: ['7d'] } };
  expect(readFile(fileOf({ name: 'API usage', config }))).toEqual({ emban_dashboard: 1, name: 'API usage', config });
});

it('says what is wrong with a file', () => {
  expect(readFile('{')).toBe('not-json');
  expect(readFile('[]')).toBe('not-a-dashboard');
  expect(readFile('{"name": "x", "config": {}}')).toBe('not-a-dashboard');
  expect(readFile('{"emban_dashboard": 2, "name": "x", "config": {}}')).toBe('newer');
  expect(readFile('{"emban_dashboard": 1, "name": " ", "config": {}}')).toBe('no-name');
  expect(readFile('{"emban_dashboard": 1, "name": "x", "config": []}')).toBe('no-config');
});

it('names a file so that every system takes it', () => {
  expect(fileNameOf('API usage: Ünïted / 2026')).toBe('api-usage-united-2026.dashboard.json');
  expect(fileNameOf('日本')).toBe('dashboard.dashboard.json');
});
