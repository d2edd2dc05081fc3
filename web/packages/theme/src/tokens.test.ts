import { describe, expect, it } from 'vitest';
import { random } from '../../../dev/fixture.ts';
import {
  contrast,
  cssText,
  dark,
  leastDifference,
  light,
  parseColour,
  type Rgb,
  type Theme,
  withHostTheme,
} from './index.ts';

const rgb = (text: string) => parseColour(text) as Rgb;

describe.each([light, dark])('the $scheme theme', (theme) => {
  const text = ['text', 'muted', 'primary', 'positive', 'negative', 'warning'] as const;

  it.each(text)('has readable %s on cards, on the page and on tints', (name) => {
    for (const behind of [theme.card, theme.surface, theme.tint]) {
      expect(contrast(rgb(theme[name]), rgb(behind))).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('has readable text on primary buttons and visible control outlines', () => {
    expect(contrast(rgb(theme.onPrimary), rgb(theme.primary))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(rgb(theme.control), rgb(theme.card))).toBeGreaterThanOrEqual(3);
  });

  it('draws every series and "other" at 3:1 against the card', () => {
    for (const colour of [...theme.series, theme.other]) {
      expect(contrast(rgb(colour), rgb(theme.card)), colour).toBeGreaterThanOrEqual(3);
    }
  });

  it('keeps any two series apart for the colour-blind', () => {
    const pairs = theme.series.flatMap((one, i) => theme.series.slice(i + 1).map((other) => [one, other] as const));
    for (const [one, other] of pairs) {
      expect(leastDifference(rgb(one), rgb(other)), `${one} ${other}`).toBeGreaterThan(0.1);
    }
  });
});

describe('a host theme', () => {
  it('changes nothing when it names nothing usable', () => {
    expect(withHostTheme(light, {})).toBe(light);
    expect(withHostTheme(dark, { primaryColor: 'url(javascript:alert(1))' })).toBe(dark);
  });

  it('follows the background into the dark scheme', () => {
    expect(withHostTheme(light, { cardBackground: '#111122' }).scheme).toBe('dark');
  });

  /** Every pair of colours that meets on the page, with the contrast that WCAG 2 AA asks of it. */
  function tooWeak(theme: Theme): string[] {
    const text = ['text', 'muted', 'primary', 'positive', 'negative', 'warning'] as const;
    const onTint = ['text', 'muted', 'primary'] as const;
    const pairs: [string, string, string, number][] = [
      ...text.map((name): [string, string, string, number] => [name, theme[name], theme.card, 4.5]),
      ...onTint.map((name): [string, string, string, number] => [`${name} on tint`, theme[name], theme.tint, 4.5]),
      ['surfaceText', theme.surfaceText, theme.surface, 4.5],
      ['surfaceMuted', theme.surfaceMuted, theme.surface, 4.5],
      ['onPrimary', theme.onPrimary, theme.primary, 4.5],
      ['control', theme.control, theme.card, 3],
      ['other', theme.other, theme.card, 3],
      ...theme.series.map((colour, i): [string, string, string, number] => [`series ${i}`, colour, theme.card, 3]),
    ];
    return pairs
      .filter(([, one, other, ratio]) => contrast(rgb(one), rgb(other)) < ratio)
      .map(([name, one, other]) => `${name}: ${one} on ${other}`);
  }

  it.each([
    { primaryColor: '#ffee00', textColor: '#eeeeee', mutedColor: '#dddddd' },
    { cardBackground: '#202020', textColor: '#222222', primaryColor: '#000080', mutedColor: '#333' },
    { backgroundColor: '#808080', cardBackground: '#7f7f7f', textColor: '#7a7a7a' },
    { backgroundColor: '#ffffff', cardBackground: '#000000', textColor: '#888888' },
    { backgroundColor: '#111111', cardBackground: '#fafafa', primaryColor: '#fff' },
    { backgroundColor: '#777', cardBackground: '#777', primaryColor: '#777', textColor: '#777', mutedColor: '#777' },
  ])('is corrected until it can be read: %o', (host) => {
    expect(tooWeak(withHostTheme(light, host))).toEqual([]);
  });

  it('is corrected whatever it is', () => {
    const next = random(20);
    const colour = () =>
      `#${Math.floor(next() * 0x1000000)
        .toString(16)
        .padStart(6, '0')}`;
    const names = ['primaryColor', 'backgroundColor', 'cardBackground', 'textColor', 'mutedColor'] as const;
    for (let round = 0; round < 1000; round += 1) {
      const host = Object.fromEntries(names.filter(() => next() > 0.3).map((name) => [name, colour()]));
      expect(tooWeak(withHostTheme(round % 2 ? light : dark, host)), JSON.stringify(host)).toEqual([]);
    }
  });

  it('keeps what can be read as it is', () => {
    const host = { primaryColor: '#0a5c36', textColor: '#101010', mutedColor: '#555555', cardBackground: '#fdfdfd' };
    const theme = withHostTheme(light, host);
    expect([theme.primary, theme.text, theme.muted, theme.card]).toEqual(['#0a5c36', '#101010', '#555555', '#fdfdfd']);
  });
});

it('writes both schemes as custom properties', () => {
  expect(cssText()).toContain('--emban-on-primary: #ffffff;');
  expect(cssText()).toContain('prefers-color-scheme: dark');
});
