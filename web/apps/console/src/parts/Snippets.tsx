/** The same thing in several languages, one tab each. */

import { CodeBlock } from '@emban/kit';
import { Tabs } from '@mantine/core';
import { words } from '../words/words.ts';
import type { Snippet } from './snippets.ts';

interface Props {
  readonly snippets: readonly Snippet[];
  /** The language shown, where the page keeps it; an unknown one is the first. */
  readonly value?: string | undefined;
  readonly onChange?: ((name: string) => void) | undefined;
}

export function Snippets({ snippets, value, onChange }: Props) {
  const first = snippets[0]?.name ?? '';
  const kept = snippets.some(({ name }) => name === value) ? value : first;
  const control = onChange
    ? { value: kept as string, onChange: (name: string | null) => onChange(name ?? first) }
    : { defaultValue: first };
  return (
    <Tabs {...control} keepMounted={false}>
      <Tabs.List mb="xs">
        {snippets.map(({ name }) => (
          <Tabs.Tab key={name} value={name}>
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {snippets.map(({ name, text }) => (
        <Tabs.Panel key={name} value={name}>
          <CodeBlock text={text} label={words.home.copyCode(name)} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
