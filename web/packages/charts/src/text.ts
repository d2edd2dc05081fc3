/** How wide text will be, without asking a browser: close enough for margins and for cutting, always on the wide side. */

const NARROW = new Set([..."iljtfrI.,:;'|!()[]/· "]);
const WIDE = new Set([...'mwMWQO@%—…']);

/** Widths in em of Inter at weight 400, rounded up per class of characters. */
function characterWidth(character: string): number {
  if (NARROW.has(character)) return 0.34;
  if (WIDE.has(character)) return 0.86;
  const code = character.codePointAt(0) ?? 0;
  if (code >= 48 && code <= 57) return 0.64;
  if (code >= 65 && code <= 90) return 0.68;
  // East Asian scripts and emoji are square.
  return code >= 0x1100 ? 1.05 : 0.59;
}

/** Width in px of one line of text at a font size in px. */
export function textWidth(text: string, size: number): number {
  let em = 0;
  for (const character of text) em += characterWidth(character);
  return em * size;
}

/** Languages that are written from right to left, by the first part of their tag. */
const RIGHT_TO_LEFT = new Set(['ar', 'arc', 'ckb', 'dv', 'fa', 'he', 'iw', 'ks', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi']);

/** Whether a locale (BCP 47) is written from right to left; a script in the tag decides before the language does. */
export function isRightToLeft(locale: string): boolean {
  const { language, script } = new Intl.Locale(locale);
  if (script) return ['Arab', 'Hebr', 'Thaa', 'Syrc', 'Nkoo', 'Adlm', 'Rohg'].includes(script);
  return RIGHT_TO_LEFT.has(language);
}

/** A name between marks that keep its direction to itself: canvas text has no element that could. */
export function isolated(text: string): string {
  return text && `\u2068${text}\u2069`;
}

/** The text, or as much of it as fits into `width` px with an ellipsis at the end. */
export function ellipsis(text: string, width: number, size: number): string {
  if (textWidth(text, size) <= width) return text;
  const room = width - textWidth('…', size);
  let cut = '';
  for (const character of text) {
    if (textWidth(cut + character, size) > room) break;
    cut += character;
  }
  return `${cut.trimEnd()}…`;
}
