/** Short messages at the edge of the screen: what was done, with a way back; what failed, with the reason. */

import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { failureText } from './failure.ts';
import { kitWords } from './words.ts';

/** How long a change can be taken back, in milliseconds. */
export const UNDO_MS = 10_000;

interface UndoToast {
  readonly title: string;
  readonly message?: string;
  readonly undo: () => void;
  /** Called once when the message has gone without being undone. */
  readonly ended?: () => void;
}

let count = 0;

function done(title: string, message = ''): void {
  notifications.show({ color: 'teal', title, message, closeButtonProps: { 'aria-label': kitWords.dismiss } });
}

function failed(title: string, error: unknown): void {
  notifications.show({
    color: 'red',
    title,
    message: typeof error === 'string' ? error : failureText(error),
    closeButtonProps: { 'aria-label': kitWords.dismiss },
  });
}

/** A message with Undo for ten seconds. Closing it by hand is not undoing. */
function undoable({ title, message, undo, ended }: UndoToast): void {
  count += 1;
  const id = `undo-${count}`;
  let undone = false;
  const takeBack = () => {
    undone = true;
    notifications.hide(id);
    undo();
  };
  notifications.show({
    id,
    title,
    color: 'teal',
    autoClose: UNDO_MS,
    closeButtonProps: { 'aria-label': kitWords.dismiss },
    onClose: () => {
      if (!undone) ended?.();
    },
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{message}</Text>
        <Button size="compact-sm" variant="default" onClick={takeBack}>
          {kitWords.undo}
        </Button>
      </Group>
    ),
  });
}

export const toasts = { done, failed, undoable };
