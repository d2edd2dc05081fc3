/** Widths of text in the shipped Inter: what a browser would say, from the font's own advances. */

import widths from './inter-widths.json' with { type: 'json' };

type Runs = readonly (readonly [number, readonly number[]])[];
interface Face {
  readonly unitsPerEm: number;
  readonly runs: Runs;
}

/** A character that Inter lacks comes from a fallback font: East Asian scripts and emoji are square, others are about as wide as an n. */
const SQUARE_FROM = 0x1100;

function advances({ unitsPerEm, runs }: Face): Map<number, number> {
  return new Map(
    runs.flatMap(([first, row]) => row.map((width, i): [number, number] => [first + i, width / unitsPerEm])),
  );
}

const REGULAR = advances(widths.regular as unknown as Face);
const BOLD = advances(widths.semibold as unknown as Face);

/** Width in px of one line of text. */
export function measure(text: string, size: number, bold = false): number {
  const face = bold ? BOLD : REGULAR;
  let em = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    em += face.get(code) ?? (code >= SQUARE_FROM ? 1 : 0.6);
  }
  return em * size;
}

const SIZE = /([\d.]+)px/;

/** The same for a CSS font such as `bold 12px Inter`. */
export function measureFont(text: string, font = ''): { width: number } {
  const bold = /\b(bold|[6-9]00)\b/.test(font);
  return { width: measure(text, Number(SIZE.exec(font)?.[1] ?? 12), bold) };
}

/** The text, or as much of it as fits into `width` px with an ellipsis at the end. */
export function fit(text: string, width: number, size: number, bold = false): string {
  if (measure(text, size, bold) <= width) return text;
  const room = width - measure('…', size, bold);
  let cut = '';
  let used = 0;
  for (const character of text) {
    used += measure(character, size, bold);
    if (used > room) break;
    cut += character;
  }
  return `${cut.trimEnd()}…`;
}

/** Lines that text takes in so much room: broken between words, and inside of one that is longer than a line. */
export function countLines(text: string, width: number, size: number, bold = false): number {
  const space = measure(' ', size, bold);
  let lines = 1;
  let used = 0;
  for (const word of text.split(/\s+/)) {
    const own = measure(word, size, bold);
    const next = used === 0 ? own : used + space + own;
    if (next > width && used > 0) lines += 1;
    const rest = next > width ? own : next;
    lines += Math.max(0, Math.ceil(rest / width) - 1);
    used = rest > width ? rest % width : rest;
  }
  return lines;
}
