/** The difference of two texts, line by line. Pure. */

export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
}

/** Beyond this many pairs of lines the middle is shown as replaced: the table of the comparison would be too large. */
const MOST_PAIRS = 4_000_000;

/** A value as text to compare: text as it is, everything else as JSON with its keys in order. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value, sortedKeys, 2) ?? '';
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

const marked = (kind: DiffLine['kind'], lines: readonly string[]) => lines.map((text): DiffLine => ({ kind, text }));

/** Lengths of the longest common parts of what is left of both, by where each begins. */
function commonLengths(before: readonly string[], after: readonly string[]): Uint32Array {
  const width = after.length + 1;
  const table = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const down = table[(i + 1) * width + j] ?? 0;
      const right = table[i * width + j + 1] ?? 0;
      const both = (table[(i + 1) * width + j + 1] ?? 0) + 1;
      table[i * width + j] = before[i] === after[j] ? both : Math.max(down, right);
    }
  }
  return table;
}

function middle(before: readonly string[], after: readonly string[]): DiffLine[] {
  if (before.length * after.length > MOST_PAIRS) return [...marked('removed', before), ...marked('added', after)];
  const table = commonLengths(before, after);
  const width = after.length + 1;
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length && j < after.length) {
    const [old, fresh] = [before[i] ?? '', after[j] ?? ''];
    if (old === fresh) {
      lines.push({ kind: 'same', text: old });
      i++;
      j++;
    } else if ((table[(i + 1) * width + j] ?? 0) >= (table[i * width + j + 1] ?? 0)) {
      lines.push({ kind: 'removed', text: old });
      i++;
    } else {
      lines.push({ kind: 'added', text: fresh });
      j++;
    }
  }
  return [...lines, ...marked('removed', before.slice(i)), ...marked('added', after.slice(j))];
}

/** All lines of both texts in order, each marked; the shortest list of changes that leads from one to the other. */
export function diffLines(before: string, after: string): DiffLine[] {
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  let head = 0;
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head++;
  let tail = 0;
  const most = Math.min(old.length, fresh.length) - head;
  while (tail < most && old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]) tail++;
  return [
    ...marked('same', old.slice(0, head)),
    ...middle(old.slice(head, old.length - tail), fresh.slice(head, fresh.length - tail)),
    ...marked('same', old.slice(old.length - tail)),
  ];
}

export type DiffPart = { readonly lines: readonly DiffLine[]; readonly folded: boolean };

/** Lines in parts: long runs without a change are folded, but for `around` lines beside a change. */
export function foldSame(lines: readonly DiffLine[], around = 3): DiffPart[] {
  const near = new Set<number>();
  lines.forEach((line, at) => {
    if (line.kind === 'same') return;
    for (let i = at - around; i <= at + around; i++) near.add(i);
  });
  const parts: { lines: DiffLine[]; folded: boolean }[] = [];
  lines.forEach((line, at) => {
    const folded = !near.has(at);
    const last = parts.at(-1);
    if (last && last.folded === folded) last.lines.push(line);
    else parts.push({ lines: [line], folded });
  });
  // A fold of one line or two hides as much as it takes.
  return parts.map((part) => (part.folded && part.lines.length < 3 ? { ...part, folded: false } : part));
}
