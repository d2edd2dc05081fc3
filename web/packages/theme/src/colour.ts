/** Colour arithmetic: contrast by WCAG 2, and difference as the colour-blind see it. */

export type Rgb = readonly [number, number, number];

const HEX = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i;
const RGB = /^rgb\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\s*\)$/i;

/** Channels from 0 to 1 of `#rgb`, `#rrggbb` or `rgb(r, g, b)`; null for anything else. */
export function parseColour(text: string): Rgb | null {
  const hex = HEX.exec(text.trim())?.[1];
  if (hex) {
    const full = hex.length === 3 ? [...hex].map((digit) => digit + digit).join('') : hex;
    return [0, 2, 4].map((at) => Number.parseInt(full.slice(at, at + 2), 16) / 255) as unknown as Rgb;
  }
  const rgb = RGB.exec(text.trim());
  if (!rgb) return null;
  return [1, 2, 3].map((at) => Math.min(255, Number(rgb[at])) / 255) as unknown as Rgb;
}

export function toHex(colour: Rgb): string {
  const byte = (channel: number) =>
    Math.round(Math.min(1, Math.max(0, channel)) * 255)
      .toString(16)
      .padStart(2, '0');
  return `#${colour.map(byte).join('')}`;
}

const linear = (channel: number) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4);

/** Relative luminance, 0 (black) to 1 (white). */
export function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map(linear) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast ratio of two colours, 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Mix of two colours, as `#rrggbb` can write it; `share` is how much of the second. */
export function mix(one: Rgb, other: Rgb, share: number): Rgb {
  const channels = one.map((channel, i) => channel + ((other[i] as number) - channel) * share);
  return channels.map((channel) => Math.round(channel * 255) / 255) as unknown as Rgb;
}

/**
 * `colour` itself if it stands out from `background` by `ratio`, else the nearest mix with black or white that does.
 */
export function readable(colour: Rgb, background: Rgb, ratio: number): Rgb {
  if (contrast(colour, background) >= ratio) return colour;
  const target: Rgb = luminance(background) > 0.18 ? [0, 0, 0] : [1, 1, 1];
  for (let share = 0.05; share < 1; share += 0.05) {
    const candidate = mix(colour, target, share);
    if (contrast(candidate, background) >= ratio) return candidate;
  }
  return target;
}

/** Linear-light matrices of full dichromacy (Machado, Oliveira and Fernandes, 2009, severity 1.0). */
const SIGHT = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
} as const;

function oklab([r, g, b]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function seen(colour: Rgb, matrix: readonly number[]): Rgb {
  const [r, g, b] = colour.map(linear) as unknown as Rgb;
  const row = (at: number) => {
    const [x, y, z] = matrix.slice(at, at + 3) as [number, number, number];
    return Math.min(1, Math.max(0, x * r + y * g + z * b));
  };
  return oklab([row(0), row(3), row(6)]);
}

/** The smallest OKLab distance of two colours over normal sight and the three kinds of dichromacy. */
export function leastDifference(one: Rgb, other: Rgb): number {
  const distances = Object.values(SIGHT).map((matrix) => {
    const [a, b] = [seen(one, matrix), seen(other, matrix)];
    return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  });
  return Math.min(...distances);
}
