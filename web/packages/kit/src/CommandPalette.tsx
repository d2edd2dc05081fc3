/** Everything by its name: pages, things and actions in one list that is searched as one types (Ctrl K). */

import { Spotlight, type SpotlightActionGroupData, type SpotlightStore } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { type Command, matching } from './commands.ts';
import { Keys } from './ShortcutSheet.tsx';
import { kitWords } from './words.ts';

function asAction({ id, label, about, icon, run, keys }: Command) {
  return {
    id,
    label,
    onClick: run,
    ...(about ? { description: about } : {}),
    ...(icon ? { leftSection: icon } : {}),
    ...(keys ? { rightSection: <Keys keys={keys} /> } : {}),
  };
}

interface Props {
  readonly commands: readonly Command[];
  readonly store: SpotlightStore;
  /** Told what is typed, for lists that the server searches. */
  readonly onQuery?: (query: string) => void;
}

export function CommandPalette({ commands, store, onQuery }: Props) {
  const [query, setQuery] = useState('');
  const change = (text: string) => {
    setQuery(text);
    onQuery?.(text);
  };
  const actions = matching(commands, query).map(
    ([group, entries]): SpotlightActionGroupData => ({ group, actions: entries.map(asAction) }),
  );
  return (
    <Spotlight
      store={store}
      actions={actions}
      // Found above, by all words in any order.
      filter={(_, all) => all}
      query={query}
      onQueryChange={change}
      shortcut={null}
      attributes={{ content: { 'aria-label': kitWords.palette.placeholder } }}
      scrollable
      // What is typed right after it opens again must not be cleared by the end of its closing.
      transitionProps={{ duration: 0 }}
      overlayProps={{ blur: 0, backgroundOpacity: 0.25 }}
      maxHeight={420}
      nothingFound={kitWords.palette.nothing(query)}
      searchProps={{
        leftSection: <IconSearch size={18} />,
        placeholder: kitWords.palette.placeholder,
        'aria-label': kitWords.palette.placeholder,
      }}
    />
  );
}
