/** The same thing in several languages, one tab each. */

import { Tabs } from '@mantine/core';
import { Code } from './Code.tsx';
import type { Snippet } from './snippets.ts';

export function Snippets({ snippets }: { snippets: readonly Snippet[] }) {
  return (
    <Tabs defaultValue={snippets[0]?.name ?? ''} keepMounted={false}>
      <Tabs.List mb="xs">
        {snippets.map(({ name }) => (
          <Tabs.Tab key={name} value={name}>
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {snippets.map(({ name, text }) => (
        <Tabs.Panel key={name} value={name}>
          <Code text={text} label={`Copy the ${name} code`} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
