/** A host's own colours laid over the light or dark theme, corrected where they would not be readable. */

import { contrast, luminance, mix, parseColour, type Rgb, readable, toHex } from './colour.ts';
import { dark, light, type Theme } from './tokens.ts';

/** What a dashboard's config and the `setTheme` message may set. Values are `#rgb`, `#rrggbb` or `rgb(…)`. */
export interface HostTheme {
  readonly primaryColor?: string | undefined;
  readonly backgroundColor?: string | undefined;
  readonly cardBackground?: string | undefined;
  readonly cardBorder?: string | undefined;
  readonly textColor?: string | undefined;
  readonly mutedColor?: string | undefined;
}

const AA_TEXT = 4.5;
const AA_GRAPHIC = 3;

function parsed(text: string | undefined): Rgb | null {
  return typeof text === 'string' ? parseColour(text) : null;
}

function must(text: string): Rgb {
  const colour = parseColour(text);
  if (!colour) throw new Error(`not a colour: ${text}`);
  return colour;
}

/** The scheme that a host's background asks for, or null when it names none. */
function schemeOf(host: HostTheme): Theme | null {
  const background = parsed(host.cardBackground) ?? parsed(host.backgroundColor);
  if (!background) return null;
  return luminance(background) > 0.18 ? light : dark;
}

/** The strongest tint of the card on which everything that stands on tints can still be read. */
function tintOf(card: Rgb, primary: Rgb, onTint: readonly Rgb[]): Rgb {
  for (let share = 0.1; share > 0.01; share -= 0.02) {
    const tint = mix(card, primary, share);
    if (onTint.every((colour) => contrast(colour, tint) >= AA_TEXT)) return tint;
  }
  return card;
}

/**
 * The theme to draw with. Unknown or malformed colours are ignored; colours that fail AA where they stand (text on cards and tints, text
 * on the page, outlines and series on cards) are moved towards black or white until they pass, so a host's palette can never make a
 * dashboard unreadable.
 */
export function withHostTheme(preferred: Theme, host: HostTheme): Theme {
  if (!Object.values(host).some(parsed)) return preferred;
  const base = schemeOf(host) ?? preferred;
  const card = parsed(host.cardBackground) ?? must(base.card);
  const surface = parsed(host.backgroundColor) ?? must(base.surface);
  const onCard = (colour: Rgb) => readable(colour, card, AA_TEXT);
  const primary = onCard(parsed(host.primaryColor) ?? must(base.primary));
  const text = parsed(host.textColor) ?? must(base.text);
  const muted = parsed(host.mutedColor) ?? must(base.muted);
  const white: Rgb = [1, 1, 1];
  const ink: Rgb = [0.07, 0.07, 0.12];
  const onPrimary = contrast(white, primary) >= contrast(ink, primary) ? white : ([0, 0, 0] as const);
  const series = base.series.map((colour) => toHex(readable(must(colour), card, AA_GRAPHIC)));
  if (parsed(host.primaryColor)) series[0] = toHex(primary);
  const status = (colour: string) => toHex(onCard(must(colour)));
  const graphic = (colour: string) => toHex(readable(must(colour), card, AA_GRAPHIC));
  return {
    ...base,
    surface: toHex(surface),
    card: toHex(card),
    border: toHex(parsed(host.cardBorder) ?? mix(card, onCard(text), 0.12)),
    control: graphic(base.control),
    text: toHex(onCard(text)),
    muted: toHex(onCard(muted)),
    surfaceText: toHex(readable(text, surface, AA_TEXT)),
    surfaceMuted: toHex(readable(muted, surface, AA_TEXT)),
    primary: toHex(primary),
    onPrimary: toHex(onPrimary),
    tint: toHex(tintOf(card, primary, [primary, onCard(text), onCard(muted)])),
    positive: status(base.positive),
    negative: status(base.negative),
    warning: status(base.warning),
    grid: toHex(mix(card, onCard(text), 0.08)),
    other: graphic(base.other),
    series,
  };
}
