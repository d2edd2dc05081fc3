/** How far the server has what is on the screen, in a few words that do not jump about. */

import { failureText } from '@emban/kit';
import { Text, Tooltip } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { words } from '../../../words/builder-words.ts';
import { useBuilder } from './builder-context.ts';
import type { SaveState } from './core/saving.ts';

const say = words.builder.save;

function timeOf(at: number): string {
  return new Date(at).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
}

function wordsOf(save: SaveState): { text: string; hint: string; trouble: boolean } {
  switch (save.kind) {
    case 'saved':
      return { text: save.at === null ? say.savedBefore : say.saved(timeOf(save.at)), hint: '', trouble: false };
    case 'waiting':
    case 'saving':
      return { text: say.saving, hint: '', trouble: false };
    case 'retrying':
      return { text: say.retrying, hint: `${failureText(save.error)} ${say.kept}`, trouble: true };
    case 'signed-out':
      return { text: say.signedOut, hint: say.kept, trouble: true };
    case 'conflict':
      return { text: say.conflict, hint: say.kept, trouble: true };
    case 'refused':
      return { text: say.refused, hint: refusal(save.error, save.fields), trouble: true };
  }
}

function refusal(error: unknown, fields: Readonly<Record<string, string>>): string {
  const [first] = Object.entries(fields);
  const field = first ? ` ${first[0].replace(/^config\./, '')}: ${first[1]}.` : '';
  return `${failureText(error)}${field} ${say.kept}`;
}

export function SaveStatus() {
  const { store } = useBuilder();
  const save = useSyncExternalStore(store.subscribe, () => store.get().save);
  const { text, hint, trouble } = wordsOf(save);
  return (
    <Tooltip label={hint} disabled={!hint} multiline maw={360} withArrow>
      <Text size="xs" c={trouble ? 'red' : 'dimmed'} role="status" className="builder-saved" data-save={save.kind}>
        {text}
      </Text>
    </Tooltip>
  );
}
