/** Asks before a page with unsaved changes is left. Who asks, and when, is the router's. */

import { Button, Group, Modal, Text } from '@mantine/core';
import { kitWords } from './words.ts';

export function LeaveDialog({ opened, stay, leave }: { opened: boolean; stay: () => void; leave: () => void }) {
  const words = kitWords.leave;
  return (
    <Modal opened={opened} onClose={stay} title={words.title} centered closeButtonProps={{ 'aria-label': words.stay }}>
      <Text size="sm">{words.text}</Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" color="red" onClick={leave}>
          {words.go}
        </Button>
        <Button onClick={stay} data-autofocus>
          {words.stay}
        </Button>
      </Group>
    </Modal>
  );
}
