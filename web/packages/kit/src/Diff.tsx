/** Two values beside each other as lines: what was added and removed, by sign and colour. */

import { Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { useMemo, useState } from 'react';
import { asText, type DiffLine, type DiffPart, diffLines, foldSame } from './diff.ts';
import { kitWords } from './words.ts';

const SIGNS = { same: ' ', added: '+', removed: '−' } as const;

function Line({ line }: { line: DiffLine }) {
  return (
    <div className={`kit-diff-line kit-diff-${line.kind}`}>
      <span className="kit-diff-sign" aria-hidden="true">
        {SIGNS[line.kind]}
      </span>
      {line.kind !== 'same' && <VisuallyHidden>{kitWords.diff[line.kind]}: </VisuallyHidden>}
      <span className="kit-diff-text">{line.text || ' '}</span>
    </div>
  );
}

function Part({ part }: { part: DiffPart }) {
  const [opened, setOpened] = useState(false);
  if (part.folded && !opened) {
    return (
      <UnstyledButton className="kit-diff-fold" onClick={() => setOpened(true)}>
        {kitWords.diff.unchanged(part.lines.length)}
      </UnstyledButton>
    );
  }
  return part.lines.map((line, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name but their place.
    <Line key={at} line={line} />
  ));
}

/** The difference of two values: texts, or whatever JSON can say (with keys in order). */
export function Diff({ before, after }: { before: unknown; after: unknown }) {
  const parts = useMemo(() => foldSame(diffLines(asText(before), asText(after))), [before, after]);
  if (parts.every((part) => part.lines.every((line) => line.kind === 'same'))) {
    return (
      <Text size="sm" c="dimmed">
        {kitWords.diff.same}
      </Text>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <div className="kit-diff" tabIndex={0}>
      {parts.map((part, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no name but their place.
        <Part key={at} part={part} />
      ))}
    </div>
  );
}
