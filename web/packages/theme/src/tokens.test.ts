import { describe, expect, it } from 'vitest';
import { contrast, cssText, dark, leastDifference, light, parseColour, type Rgb, withHostTheme } from './index.ts';

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

  it.each([
    { primaryColor: '#ffee00', textColor: '#eeeeee', mutedColor: '#dddddd' },
    { cardBackground: '#202020', textColor: '#222222', primaryColor: '#000080', mutedColor: '#333' },
    { backgroundColor: '#808080', cardBackground: '#7f7f7f', textColor: '#7a7a7a' },
  ])('is corrected until it can be read: %o', (host) => {
    const theme = withHostTheme(light, host);
    for (const name of ['text', 'muted', 'primary', 'negative'] as const) {
      expect(contrast(rgb(theme[name]), rgb(theme.card)), name).toBeGreaterThanOrEqual(4.5);
    }
    expect(contrast(rgb(theme.onPrimary), rgb(theme.primary))).toBeGreaterThanOrEqual(4.5);
  });
});

it('writes both schemes as custom properties', () => {
  expect(cssText()).toContain('--emban-on-primary: #ffffff;');
  expect(cssText()).toContain('prefers-color-scheme: dark');
});
