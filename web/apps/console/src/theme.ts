/** Mantine, dressed in the design tokens. */

import { customProperties, dark, fontFamily, light, mix, parseColour, type Rgb, type Theme, toHex } from '@emban/theme';
import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';

const rgb = (text: string) => parseColour(text) as Rgb;
const WHITE: Rgb = [1, 1, 1];
const BLACK: Rgb = [0, 0, 0];

/** Ten shades with the dark theme's primary at 4 and the light theme's at 6. */
function shades(): MantineColorsTuple {
  const [soft, strong] = [rgb(dark.primary), rgb(light.primary)];
  const lighter = [0.9, 0.78, 0.55, 0.28].map((share) => toHex(mix(soft, WHITE, share)));
  const darker = [0.15, 0.3, 0.45].map((share) => toHex(mix(strong, BLACK, share)));
  return [
    ...lighter,
    dark.primary,
    toHex(mix(soft, strong, 0.5)),
    light.primary,
    ...darker,
  ] as unknown as MantineColorsTuple;
}

/** Mantine's dark greys, from text over borders and inputs to the page: ours, a little blue. */
function darkShades(): MantineColorsTuple {
  const { text, muted, control, border, card, surface } = dark;
  const between = (one: string, other: string) => toHex(mix(rgb(one), rgb(other), 0.5));
  return [
    text,
    between(text, muted),
    muted,
    control,
    between(control, border),
    border,
    card,
    surface,
    '#0c0d12',
    '#08090c',
  ];
}

/** Filled buttons by token: Mantine picks their text colour for the light scheme and keeps it in the dark one. */
const filledByTokens: VariantColorsResolver = (input) => {
  const resolved = defaultVariantColorsResolver(input);
  if (input.variant !== 'filled') return resolved;
  const danger = input.color === 'red';
  const background = danger ? 'var(--emban-negative)' : 'var(--emban-primary)';
  const color = danger ? 'var(--emban-card)' : 'var(--emban-on-primary)';
  return { ...resolved, background, color, hover: `color-mix(in srgb, ${background} 88%, var(--emban-text))` };
};

export const theme = createTheme({
  fontFamily,
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace",
  primaryColor: 'emban',
  primaryShade: { light: 6, dark: 4 },
  autoContrast: true,
  colors: { emban: shades(), dark: darkShades() },
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.45', lg: '1.5', xl: '1.4' },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.5rem', xl: '2rem' },
  radius: { sm: '6px', md: '8px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  variantColorResolver: filledByTokens,
  respectReducedMotion: true,
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.25rem' }, h2: { fontSize: '1rem' }, h3: { fontSize: '0.875rem' } },
  },
});

function variables(tokens: Theme): Record<string, string> {
  return {
    ...Object.fromEntries(customProperties(tokens)),
    '--mantine-color-body': tokens.surface,
    '--mantine-color-text': tokens.text,
    '--mantine-color-dimmed': tokens.muted,
    '--mantine-color-default': tokens.card,
    '--mantine-color-default-hover': tokens.tint,
    '--mantine-color-default-color': tokens.text,
    '--mantine-color-default-border': tokens.control,
    '--mantine-color-placeholder': tokens.muted,
    '--mantine-color-anchor': tokens.primary,
    '--mantine-color-error': tokens.negative,
    '--mantine-primary-color-light-color': tokens.primary,
    '--mantine-primary-color-light': tokens.tint,
  };
}

export const resolveVariables: CSSVariablesResolver = () => ({
  variables: {
    '--emban-font': fontFamily,
    '--emban-radius': '8px',
    '--emban-font-xs': '0.75rem',
    '--emban-font-sm': '0.8125rem',
    '--emban-font-md': '0.875rem',
    '--emban-font-lg': '1rem',
    '--emban-font-xl': '1.25rem',
    '--emban-font-figure': '1.75rem',
  },
  light: variables(light),
  dark: variables(dark),
});
