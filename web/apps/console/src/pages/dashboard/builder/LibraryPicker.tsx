/** The library's widgets, to take a copy of one into the dashboard. */

import { EmptyState, Loaded } from '@emban/kit';
import { Modal, NavLink, Stack, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { type LibraryWidget, useEnvironmentQuery, widgetsQuery } from '../../../queries.ts';
import { words } from '../../../words/builder-words.ts';
import { KIND_ICONS } from './kind-icons.ts';

const say = words.library;

function Choices({ items, pick }: { items: readonly LibraryWidget[]; pick: (widget: LibraryWidget) => void }) {
  const [wanted, setWanted] = useState('');
  if (items.length === 0) return <EmptyState title={say.empty}>{say.emptyHelp}</EmptyState>;
  const found = items.filter(({ title }) => title.toLowerCase().includes(wanted.trim().toLowerCase()));
  return (
    <Stack gap="xs">
      <TextInput
        aria-label={say.search}
        placeholder={say.search}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={wanted}
        onChange={({ currentTarget }) => setWanted(currentTarget.value)}
        data-autofocus
      />
      {found.map((widget) => {
        const Icon = KIND_ICONS[widget.kind];
        return (
          <NavLink
            key={widget.id}
            component="button"
            type="button"
            label={widget.title}
            description={words.builder.kinds[widget.kind].name}
            leftSection={<Icon size={18} aria-hidden />}
            onClick={() => pick(widget)}
          />
        );
      })}
      {found.length === 0 && (
        <Text size="sm" c="dimmed">
          {say.noneFound}
        </Text>
      )}
    </Stack>
  );
}

interface Props {
  readonly opened: boolean;
  readonly close: () => void;
  readonly pick: (widget: LibraryWidget) => void;
}

function Body({ pick }: Pick<Props, 'pick'>) {
  const query = useEnvironmentQuery(widgetsQuery);
  return <Loaded query={query}>{({ items }) => <Choices items={items} pick={pick} />}</Loaded>;
}

export function LibraryPicker({ opened, close, pick }: Props) {
  return (
    <Modal opened={opened} onClose={close} title={say.pick} closeButtonProps={{ 'aria-label': say.close }}>
      {opened && <Body pick={pick} />}
    </Modal>
  );
}
