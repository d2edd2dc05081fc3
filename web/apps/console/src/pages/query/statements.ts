/** The statements of a text, which semicolons part. Pure. */

export interface Statement {
  readonly text: string;
  /** Where it begins in the whole text, in UTF-16 units. */
  readonly from: number;
  readonly to: number;
}

/** What a semicolon does not end: texts, quoted names and comments, each to its end or to that of the whole text. */
const WHOLE =
  /'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|"(?:[^"\\]|\\[\s\S])*(?:"|$)|`(?:[^`\\]|\\[\s\S])*(?:`|$)|--[^\n]*|#[ !][^\n]*|\/\*[\s\S]*?(?:\*\/|$)|;/g;

/** Every statement that has more than blanks in it, in the order of the text. */
export function statementsOf(text: string): Statement[] {
  const ends = [...text.matchAll(WHOLE)].filter(([found]) => found === ';').map(({ index }) => index);
  const statements: Statement[] = [];
  let from = 0;
  for (const end of [...ends, text.length]) {
    const part = text.slice(from, end);
    const start = from + (part.length - part.trimStart().length);
    if (part.trim()) statements.push({ text: part.trim(), from: start, to: start + part.trim().length });
    from = end + 1;
  }
  return statements;
}

/** The statement that the cursor is in or right behind; between two it is the one before. */
export function statementAt(text: string, cursor: number): Statement | null {
  const statements = statementsOf(text);
  const before = statements.filter(({ from }) => from <= cursor);
  return before.at(-1) ?? statements[0] ?? null;
}

/** What is run: the selection where there is one, else the statement at the cursor. */
export function chosenStatement(text: string, from: number, to: number): Statement | null {
  const selected = text.slice(from, to);
  if (!selected.trim()) return statementAt(text, to);
  const start = from + (selected.length - selected.trimStart().length);
  const bare = selected.trim().replace(/;\s*$/, '');
  return { text: bare, from: start, to: start + bare.length };
}

/** Where the server's position, which counts characters from 1, is in a text of UTF-16 units. */
export function offsetOf(text: string, position: number): number {
  return [...text].slice(0, Math.max(0, position - 1)).join('').length;
}

/** The stretch to underline from a place on: a word, or one character; the end of the text has the one before it. */
export function wordAt(text: string, offset: number): { from: number; to: number } {
  if (offset >= text.length) return { from: Math.max(0, text.length - 1), to: text.length };
  const word = /^[\p{L}\p{N}_.]+/u.exec(text.slice(offset))?.[0] ?? text.slice(offset, offset + 1);
  return { from: offset, to: offset + word.length };
}
