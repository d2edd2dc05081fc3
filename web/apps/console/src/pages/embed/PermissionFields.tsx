/** A session's restrictions, field by field. */

import type { Schemas } from '@emban/api/console';
import { periodName } from '@emban/charts';
import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  MultiSelect,
  NumberInput,
  Select,
  Stack,
  TagsInput,
  Text,
} from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { type Dashboard, discoverQuery, useEnvironmentQuery } from '../../queries.ts';
import { words as all } from '../../words/words.ts';
import type { Lock, PermissionForm } from './permissions.ts';

const words = all.embed;
const PERIODS = ['1h', '24h', '7d', '30d', '90d'] as const;
const MOST_DAYS = 3650;

type Found = Schemas['FoundDimensionOut'];

interface Props {
  readonly form: PermissionForm;
  readonly change: (form: PermissionForm) => void;
  readonly dashboard: Dashboard | undefined;
}

interface Config {
  readonly widgets?: readonly { readonly id: string; readonly title: string }[];
  readonly filters?: { readonly dimensions?: readonly string[] };
}

function LockRow({
  lock,
  found,
  set,
  remove,
}: {
  lock: Lock;
  found: readonly Found[];
  set: (lock: Lock) => void;
  remove: () => void;
}) {
  const values = found.find(({ label }) => label === lock.property)?.top_values.map(({ value }) => value) ?? [];
  return (
    <Group gap="xs" align="flex-start" wrap="nowrap">
      <Select
        aria-label={words.lockProperty}
        placeholder={words.lockProperty}
        data={found.map(({ label }) => label)}
        value={lock.property || null}
        onChange={(property) => set({ ...lock, property: property ?? '', values: [] })}
        searchable
        flex={1}
      />
      <TagsInput
        aria-label={words.lockValues}
        placeholder={lock.values.length ? '' : words.lockValues}
        data={values}
        value={[...lock.values]}
        onChange={(chosen) => set({ ...lock, values: chosen })}
        flex={1}
      />
      <ActionIcon variant="subtle" color="gray" mt={4} onClick={remove} aria-label={words.removeLock(lock.property)}>
        <IconX size={16} />
      </ActionIcon>
    </Group>
  );
}

function Locks({ form, change }: Pick<Props, 'form' | 'change'>) {
  const found = useEnvironmentQuery(discoverQuery).data?.dimensions ?? [];
  const replace = (key: number, lock: Lock | null) =>
    change({ ...form, locks: form.locks.flatMap((one) => (one.key === key ? (lock ?? []) : one)) });
  const next = Math.max(0, ...form.locks.map(({ key }) => key)) + 1;
  return (
    <Stack gap={6}>
      <div>
        <Text size="sm">{words.locks}</Text>
        <Text size="xs" c="dimmed">
          {words.locksHelp}
        </Text>
      </div>
      {form.locks.map((lock) => (
        <LockRow
          key={lock.key}
          lock={lock}
          found={found}
          set={(one) => replace(lock.key, one)}
          remove={() => replace(lock.key, null)}
        />
      ))}
      <Button
        variant="default"
        size="compact-sm"
        style={{ alignSelf: 'flex-start' }}
        onClick={() => change({ ...form, locks: [...form.locks, { key: next, property: '', values: [] }] })}
      >
        {words.addLock}
      </Button>
    </Stack>
  );
}

function Choices({ form, change, dashboard }: Props) {
  const config = (dashboard?.published_config ?? {}) as Config;
  const widgets = (config.widgets ?? []).map(({ id, title }) => ({ value: id, label: title }));
  return (
    <>
      <MultiSelect
        label={words.hidden}
        description={words.hiddenHelp}
        data={widgets}
        value={[...form.hidden]}
        onChange={(hidden) => change({ ...form, hidden })}
        searchable
        clearable
      />
      <MultiSelect
        label={words.periods}
        description={words.periodsHelp}
        data={PERIODS.map((value) => ({ value, label: periodName(value) }))}
        value={[...form.periods]}
        onChange={(periods) => change({ ...form, periods })}
        clearable
      />
      <MultiSelect
        label={words.dimensions}
        description={words.dimensionsHelp}
        data={[...(config.filters?.dimensions ?? [])]}
        value={form.noFilters ? [] : [...form.dimensions]}
        onChange={(dimensions) => change({ ...form, dimensions })}
        disabled={form.noFilters}
        clearable
      />
      <Checkbox
        label={words.noFilters}
        checked={form.noFilters}
        onChange={(event) => change({ ...form, noFilters: event.currentTarget.checked })}
      />
    </>
  );
}

export function PermissionFields({ form, change, dashboard }: Props) {
  return (
    <Stack gap="sm">
      <Checkbox
        label={words.drill}
        checked={form.drill}
        onChange={(event) => change({ ...form, drill: event.currentTarget.checked })}
      />
      <Checkbox
        label={words.exports}
        checked={form.exports}
        onChange={(event) => change({ ...form, exports: event.currentTarget.checked })}
      />
      <Choices form={form} change={change} dashboard={dashboard} />
      <NumberInput
        label={words.range}
        description={words.rangeHelp}
        value={form.range}
        onChange={(days) => change({ ...form, range: Number(days) || 0 })}
        min={0}
        max={MOST_DAYS}
        allowDecimal={false}
      />
      <Locks form={form} change={change} />
    </Stack>
  );
}
