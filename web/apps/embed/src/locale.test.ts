import { fileName } from '@emban/widgets';
import { describe, expect, it } from 'vitest';
import { chooseLocale, setDirection } from './locale.ts';
import { askedLocale } from './token.ts';

describe('the locale', () => {
  it.each([
    [['de-DE', 'en-GB'], 'de-DE'],
    [['', 'sv'], 'sv'],
    [[null, undefined, 'pt-br'], 'pt-BR'],
    [['not a locale', '<script>', 'fr'], 'fr'],
    [['x'.repeat(300)], 'en'],
    [['de_DE'], 'de-DE'],
    [['DE_de'], 'de-DE'],
    [['zh_hans_cn'], 'zh-Hans-CN'],
    [['pt_BR.UTF-8'], 'pt-BR'],
    [['en-US@posix'], 'en-US'],
    [['de-'], 'de'],
    [['de-12'], 'de'],
    [['  fr-CH '], 'fr-CH'],
    // No such language: the next wish counts, the engine's own default does not.
    [['tlh', 'xx-YY', 'german', 'C', 'POSIX', 'da'], 'da'],
    [[['de'], { toString: () => 'de' }, 7, 'ja'], 'ja'],
    [[], 'en'],
  ])('of %o is %s', (wishes, locale) => {
    expect(chooseLocale(...wishes)).toBe(locale);
  });

  it.each(['de-ZZ', 'de_XX', 'de-AQ'])('of an unknown region writes as its language does: %s', (wish) => {
    expect(new Intl.NumberFormat(chooseLocale(wish)).format(1234.5)).toBe('1.234,5');
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
  expect(fileName('csv', ...parts)).toBe(name);
});
