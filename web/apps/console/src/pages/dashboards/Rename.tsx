/** A new name for a dashboard, asked from the list. */

import { kitWords } from '@emban/kit';
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { DashboardItem } from '../../queries.ts';
import { words } from '../../words/words.ts';
import { useRename } from './changes.ts';

function Form({ item, close }: { item: DashboardItem; close: () => void }) {
  const rename = useRename();
  const [name, setName] = useState(item.name);
  const wanted = name.trim();
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (wanted && wanted !== item.name) rename.mutate({ item, name: wanted });
    if (wanted) close();
  };
  return (
    <form onSubmit={send}>
      <Stack>
        <TextInput
          label={words.dashboards.name}
          value={name}
          maxLength={200}
          onChange={(event) => setName(event.currentTarget.value)}
          error={wanted ? null : words.dashboards.enterName}
          data-autofocus
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {words.common.cancel}
          </Button>
          <Button type="submit">{words.common.save}</Button>
        </Group>
      </Stack>
    </form>
  );
}

export function Rename({ item, close }: { item: DashboardItem | null; close: () => void }) {
  return (
    <Modal
      opened={item !== null}
      onClose={close}
      title={kitWords.rename}
      centered
      closeButtonProps={{ 'aria-label': kitWords.close }}
    >
      {item && <Form item={item} close={close} />}
    </Modal>
  );
}
