/**
 * The design tokens: one source for the embed page, the console, the demo host and the reports.
 *
 * Pages read them as `--emban-…` custom properties (see `cssText`), charts read them as values.
 */

/** Colours of one scheme. Every text/surface pair is held to WCAG AA by `tokens.test.ts`. */
export interface Theme {
  readonly scheme: 'light' | 'dark';
  /** Page background. */
  readonly surface: string;
  /** Card background. */
  readonly card: string;
  /** Hairline around cards and controls that are not the only sign of a control. */
  readonly border: string;
  /** Outline of form controls: 3:1 against the card. */
  readonly control: string;
  readonly text: string;
  readonly muted: string;
  /** Text straight on the page, outside of cards: another colour than `text` only where a host's page and cards differ much. */
  readonly surfaceText: string;
  readonly surfaceMuted: string;
  readonly primary: string;
  /** Text on a `primary` background. */
  readonly onPrimary: string;
  /** Tint behind selected and hovered things. */
  readonly tint: string;
  readonly positive: string;
  readonly negative: string;
  readonly warning: string;
  /** Horizontal grid lines and tracks. */
  readonly grid: string;
  /** The "other" series, always grey. */
  readonly other: string;
  /** Eight series colours in a fixed order. */
  readonly series: readonly string[];
}

/*
 * The series colours were searched for, not picked by eye: starting from eight hues, the smallest OKLab distance of any pair
 * was maximised over normal sight and simulated protanopia, deuteranopia and tritanopia, at 3:1 against the card.
 * Smallest distance reached: 0.119 (light), 0.107 (dark); the test keeps it above 0.1.
 */
const LIGHT_SERIES = ['#414ce2', '#e57619', '#379f8c', '#b3148e', '#211754', '#a07bea', '#866203', '#772018'];
const DARK_SERIES = ['#7a93e5', '#e1a259', '#7bedc1', '#df6180', '#c0b2ff', '#8056e7', '#f2dc55', '#b1523f'];

export const light: Theme = {
  scheme: 'light',
  surface: '#f7f7f9',
  card: '#ffffff',
  border: '#e3e4ea',
  control: '#8b8e9c',
  text: '#1b1c25',
  muted: '#5f6271',
  surfaceText: '#1b1c25',
  surfaceMuted: '#5f6271',
  primary: '#414ce2',
  onPrimary: '#ffffff',
  tint: '#eef0fd',
  positive: '#14713f',
  negative: '#b3261e',
  warning: '#8a5300',
  grid: '#ebecf1',
  other: '#8e919e',
  series: LIGHT_SERIES,
};

export const dark: Theme = {
  scheme: 'dark',
  surface: '#101117',
  card: '#191b23',
  border: '#2b2e3a',
  control: '#6f7386',
  text: '#eceef5',
  muted: '#a3a7b8',
  surfaceText: '#eceef5',
  surfaceMuted: '#a3a7b8',
  primary: '#93a5f5',
  onPrimary: '#12132b',
  tint: '#252a45',
  positive: '#5fd08f',
  negative: '#ff8f86',
  warning: '#f0b65a',
  grid: '#262933',
  other: '#7d8192',
  series: DARK_SERIES,
};

/** Type scale in px; weights are 400 and 600 only. */
export const fontSizes = { xs: 12, sm: 13, md: 14, lg: 16, xl: 20, figure: 28 } as const;

export const fontFamily = "'Inter Variable', Inter, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";

const COLOUR_NAMES = [
  'surface',
  'card',
  'border',
  'control',
  'text',
  'muted',
  'surfaceText',
  'surfaceMuted',
  'primary',
  'onPrimary',
  'tint',
  'positive',
  'negative',
  'warning',
  'grid',
  'other',
] as const;

/** A theme's colours as `[--emban-name, value]` pairs. */
export function customProperties(theme: Theme): [string, string][] {
  const named = COLOUR_NAMES.map((name): [string, string] => [
    `--emban-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    theme[name],
  ]);
  const series = theme.series.map((colour, i): [string, string] => [`--emban-series-${i + 1}`, colour]);
  return [...named, ...series];
}

function block(selector: string, theme: Theme): string {
  const lines = customProperties(theme).map(([name, value]) => `  ${name}: ${value};`);
  return `${selector} {\n  color-scheme: ${theme.scheme};\n${lines.join('\n')}\n}\n`;
}

/** The tokens as a style sheet: light, dark by preference, and either one by `data-scheme` on the root. */
export function cssText(): string {
  const sizes = Object.entries(fontSizes).map(([name, px]) => `  --emban-font-${name}: ${px / 16}rem;`);
  return [
    `:root {\n  --emban-font: ${fontFamily};\n${sizes.join('\n')}\n  --emban-radius: 8px;\n}\n`,
    block(':root', light),
    `@media (prefers-color-scheme: dark) {\n${block(":root:not([data-scheme='light'])", dark)}}\n`,
    block(":root[data-scheme='dark']", dark),
  ].join('\n');
}
