import { expect, it } from 'vitest';
import { type Command, matching } from './commands.ts';

const command = (group: string, label: string, keywords: string[] = []): Command => ({
  id: label,
  group,
  label,
  keywords,
  run: () => undefined,
});
const COMMANDS = [
  ...Array.from({ length: 9 }, (_, i) => command('Dashboards', `Usage ${i}`)),
  command('Go to', 'API keys', ['secret']),
];
const found = (query: string) => matching(COMMANDS, query).map(([group, list]) => [group, list.length]);

it('shows a few of each group until something is typed', () => {
  expect(found('')).toEqual([
    ['Dashboards', 6],
    ['Go to', 1],
  ]);
});

it('finds by all words, in any order, and by other names', () => {
  expect(found('usage dash')).toEqual([['Dashboards', 9]]);
  expect(found('SECRET')).toEqual([['Go to', 1]]);
  expect(found('usage secret')).toEqual([]);
});
