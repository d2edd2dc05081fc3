/** Running what is chosen, the time that it has taken so far, and its end. */

import { Button, Group, Text } from '@mantine/core';
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { words } from '../../words/words.ts';

const TICK_MS = 100;

export function Elapsed({ since, className = '', label = '' }: { since: number; className?: string; label?: string }) {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, (now - since) / 1000).toFixed(1);
  return (
    <Text size="xs" c="dimmed" className={className} component="div">
      {label && <span role="status">{label} </span>}
      <span className="query-seconds">{words.query.seconds(seconds)}</span>
    </Text>
  );
}

interface Props {
  readonly since: number | null;
  readonly selection: boolean;
  readonly run: () => void;
  readonly cancel: () => void;
}

export function RunButton({ since, selection, run, cancel }: Props) {
  if (since !== null) {
    return (
      <Group gap="xs" wrap="nowrap">
        <Elapsed since={since} />
        <Button size="xs" variant="default" leftSection={<IconPlayerStop size={14} />} onClick={cancel}>
          {words.query.cancel}
        </Button>
      </Group>
    );
  }
  return (
    <Button size="xs" leftSection={<IconPlayerPlay size={14} />} onClick={run} title={words.query.runKeys}>
      {selection ? words.query.runSelection : words.query.run}
    </Button>
  );
}
