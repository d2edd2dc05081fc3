/** Asks before something is gone; where much depends on it, its name has to be typed. */

import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { failureText } from './failure.ts';
import { kitWords } from './words.ts';

interface Props {
  readonly opened: boolean;
  readonly close: () => void;
  readonly title: string;
  /** What happens, and what does not. */
  readonly children: ReactNode;
  /** The button's words: what it does, never "OK". */
  readonly action: string;
  readonly onConfirm: () => void;
  readonly busy?: boolean;
  readonly error?: unknown;
  /** To be typed exactly before the button opens. */
  readonly typeName?: string | undefined;
  readonly cancel?: string;
}

export function ConfirmDanger(props: Props) {
  const { opened, close, title, children, action, onConfirm, busy = false, error, typeName, cancel } = props;
  const [typed, setTyped] = useState('');
  useEffect(() => {
    if (!opened) setTyped('');
  }, [opened]);
  const open = typeName === undefined || typed === typeName;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (open) onConfirm();
  };
  return (
    <Modal opened={opened} onClose={close} title={title} centered closeButtonProps={{ 'aria-label': kitWords.close }}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm" component="div">
            {children}
          </Text>
          {typeName !== undefined && (
            <TextInput
              label={kitWords.confirm.type(typeName)}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              error={typed.length >= typeName.length && !open ? kitWords.confirm.mismatch : null}
              autoComplete="off"
              spellCheck={false}
              data-autofocus
            />
          )}
          {Boolean(error) && (
            <Alert color="red" variant="outline">
              {failureText(error)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} {...(typeName === undefined ? { 'data-autofocus': true } : {})}>
              {cancel ?? kitWords.cancel}
            </Button>
            <Button type="submit" color="red" loading={busy} disabled={!open}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
