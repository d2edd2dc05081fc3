/** From page to page of a list, by the server's cursors. */

import { Button, Group } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useRef } from 'react';
import { kitWords } from '../words.ts';
import type { TableView } from './view.ts';

interface Props {
  readonly name: string;
  readonly view: TableView;
  readonly onView: ((view: TableView) => void) | undefined;
  readonly next: string | null | undefined;
}

/** A cursor leads forward only: the way back is remembered, and where it is not known (an address that was shared) it is the first page. */
export function Pages({ name, view, onView, next }: Props) {
  const before = useRef(new Map<string, string | undefined>());
  if (!onView || (!view.cursor && !next)) return null;
  const known = view.cursor !== undefined && before.current.has(view.cursor);
  const forward = () => {
    if (!next) return;
    before.current.set(next, view.cursor);
    onView({ ...view, cursor: next });
  };
  const back = () => onView({ ...view, cursor: known ? before.current.get(view.cursor ?? '') : undefined });
  return (
    <Group justify="flex-end" gap="xs" mt="sm" component="nav" aria-label={name}>
      <Button
        size="xs"
        variant="default"
        disabled={!view.cursor}
        onClick={back}
        leftSection={<IconChevronLeft size={14} />}
      >
        {view.cursor && !known ? kitWords.table.first : kitWords.table.previous}
      </Button>
      <Button
        size="xs"
        variant="default"
        disabled={!next}
        onClick={forward}
        rightSection={<IconChevronRight size={14} />}
      >
        {kitWords.table.next}
      </Button>
    </Group>
  );
}
