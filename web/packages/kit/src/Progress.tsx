/** How far a long action is: nothing under 200 ms, a bar then, numbers after two seconds. */

import { Progress as Bar, Group, Text } from '@mantine/core';
import { useLate } from './late.ts';

const NUMBERS_MS = 2000;

interface Props {
  readonly label: string;
  /** What is done of `total`; without a total the bar only says that something goes on. */
  readonly done?: number;
  readonly total?: number | undefined;
  /** What is counted: "events". */
  readonly unit?: string;
}

export function Progress({ label, done = 0, total, unit = '' }: Props) {
  const late = useLate(true);
  const long = useLate(true, NUMBERS_MS);
  const share = total ? Math.min(100, (done / total) * 100) : 100;
  const numbers = total
    ? `${done.toLocaleString()} / ${total.toLocaleString()} ${unit}`
    : done
      ? `${done} ${unit}`
      : '';
  return (
    <div className={late ? 'kit-progress' : 'kit-progress kit-early'} role="status">
      <Group justify="space-between" gap="xs" mb={4}>
        <Text size="sm">{label}</Text>
        <Text size="sm" c="dimmed" className="tabular">
          {long ? numbers : ''}
        </Text>
      </Group>
      <Bar value={share} size={6} animated={total === undefined} striped={total === undefined} aria-label={label} />
    </div>
  );
}
