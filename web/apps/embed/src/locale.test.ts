import { describe, expect, it } from 'vitest';
import { fileName } from './download.ts';
import { chooseLocale, setDirection } from './locale.ts';
import { askedLocale } from './token.ts';

describe('the locale', () => {
  it.each([
    [['de-DE', 'en-GB'], 'de-DE'],
    [['', 'sv'], 'sv'],
    [[null, undefined, 'pt-br'], 'pt-BR'],
    [['not a locale', '<script>', 'fr'], 'fr'],
    [['x'.repeat(300)], 'en'],
    [[], 'en'],
  ])('of %o is %s', (wishes, locale) => {
    expect(chooseLocale(...wishes)).toBe(locale);
  });

  it('can be asked for in the address', () => {
    expect(askedLocale('https://e.test/embed/dash_1?locale=de-CH')).toBe('de-CH');
    expect(askedLocale('https://e.test/embed/dash_1')).toBeNull();
  });

  it.each([
    ['ar-EG', 'rtl', 'en'],
    ['he', 'rtl', 'en'],
    ['az-Arab', 'rtl', 'en'],
    ['ku-Latn', 'ltr', 'en'],
    ['en-GB', 'ltr', 'en-GB'],
    ['de', 'ltr', 'en'],
  ])('%s turns the page %s', (locale, dir, lang) => {
    const root = { dir: '', lang: '' };
    setDirection(root as HTMLElement, locale);
    expect(root).toEqual({ dir, lang });
  });
});

it.each([
  [['API usage', 'Calls by model', '2026-11-26'], 'API usage - Calls by model - 2026-11-26.csv'],
  [['../../etc/passwd', '', 'a"b'], '.. .. etc passwd - a b.csv'],
  [['\u202egpj.exe', 'x'.repeat(300)], `gpj.exe - ${'x'.repeat(110)}.csv`],
  [['/'], 'export.csv'],
])('files of %o are named %s', (parts, name) => {
  expect(fileName(...parts)).toBe(name);
});
