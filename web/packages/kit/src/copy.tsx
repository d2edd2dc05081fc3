/** Text to take along: shown in full, with a button beside it that copies it and says so. */

import { ActionIcon, CopyButton, Input } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useId } from 'react';
import { kitWords } from './words.ts';

export function CopyIcon({ text, label }: { text: string; label: string }) {
  return (
    <CopyButton value={text} timeout={2000}>
      {({ copied, copy }) => (
        <ActionIcon
          variant="default"
          size="lg"
          onClick={copy}
          aria-label={copied ? kitWords.copied : label}
          title={copied ? kitWords.copied : label}
        >
          {copied ? <IconCheck size={16} color="var(--emban-positive)" /> : <IconCopy size={16} />}
        </ActionIcon>
      )}
    </CopyButton>
  );
}

interface CodeProps {
  readonly text: string;
  /** What the copy button is called; without one there is no button. */
  readonly label?: string;
  /** Highest height in px before the text scrolls. */
  readonly height?: number;
}

/** Code: long lines wrap, so that nothing is hidden; the button stands beside the text and is never copied with it. */
export function CodeBlock({ text, label, height = 360 }: CodeProps) {
  return (
    <div className="kit-code">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <pre tabIndex={0} style={{ maxHeight: height }}>
        <code>{text}</code>
      </pre>
      {label && (
        <div className="kit-code-side">
          <CopyIcon text={text} label={label} />
        </div>
      )}
    </div>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly description?: string;
}

/** One line to copy: an id, an address, a key. A click selects all of it. */
export function CopyField({ label, value, description }: FieldProps) {
  const id = useId();
  return (
    <Input.Wrapper label={label} description={description} labelProps={{ htmlFor: id }}>
      <div className="kit-copy-field">
        <Input
          id={id}
          value={value}
          readOnly
          classNames={{ input: 'kit-mono' }}
          onFocus={(event) => event.currentTarget.select()}
        />
        <CopyIcon text={value} label={kitWords.copyText(label.toLowerCase())} />
      </div>
    </Input.Wrapper>
  );
}
