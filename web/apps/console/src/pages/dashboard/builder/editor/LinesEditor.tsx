/** Lines across the chart: goals to reach, thresholds not to pass. */

import { ActionIcon, Button, Group, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { words } from '../../../../words/builder-words.ts';
import { compact, type Line } from '../core/doc.ts';
import type { Edited } from './use-widget.ts';

const say = words.editor;
const MOST = 4;
const KINDS = Object.entries(say.lineKinds).map(([value, label]) => ({ value, label }));

export function LinesEditor({ edited }: { edited: Edited }) {
  const { widget, set, errorOf } = edited;
  const lines = widget.lines ?? [];
  const put = (next: readonly Line[]) => set({ lines: next.length ? next : undefined }, say.lines.toLowerCase());
  const change = (at: number, part: Partial<Record<keyof Line, unknown>>) =>
    put(lines.map((line, index) => (index === at ? compact({ ...line, ...part } as Line) : line)));
  return (
    <Stack gap="xs" role="group" aria-label={say.lines}>
      <Text size="sm" fw={600}>
        {say.lines}
      </Text>
      {lines.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line has nothing but its place to be known by.
        <Group key={at} gap={6} wrap="nowrap" align="flex-end">
          <NumberInput
            label={say.lineValue}
            value={line.value}
            onChange={(value) => typeof value === 'number' && change(at, { value })}
            error={errorOf(`lines[${at}].value`)}
            w={92}
          />
          <TextInput
            label={say.lineLabel}
            value={line.label ?? ''}
            onChange={({ currentTarget }) => change(at, { label: currentTarget.value || undefined })}
            error={errorOf(`lines[${at}].label`)}
            flex={1}
          />
          <Select
            label={say.lineKind}
            data={KINDS}
            value={line.kind}
            onChange={(kind) => change(at, { kind })}
            allowDeselect={false}
            w={110}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={36}
            aria-label={`${say.remove}: ${line.label ?? line.value}`}
            onClick={() => put(lines.filter((_, index) => index !== at))}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconPlus size={14} />}
        disabled={lines.length >= MOST}
        onClick={() => put([...lines, { value: 100, kind: 'goal' }])}
      >
        {say.addLine}
      </Button>
    </Stack>
  );
}
