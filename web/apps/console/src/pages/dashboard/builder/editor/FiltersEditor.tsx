/** A widget's own filters: properties with values, numbers with a range. */

import { ActionIcon, Button, Group, NumberInput, Stack, TagsInput, Text } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { words } from '../../../../words/builder-words.ts';
import type { Query } from '../core/doc.ts';
import { asList } from '../core/question.ts';
import { dimensionsOf, type Found, measuresOf, valuesOf } from '../found.ts';
import { FieldSelect } from './Fields.tsx';

const say = words.editor;

type Filters = NonNullable<Query['filters']>;
type Values = Readonly<Record<string, string | readonly string[]>>;
type Ranges = Readonly<Record<string, { readonly min?: number | null; readonly max?: number | null }>>;

interface Props {
  readonly filters: Partial<Filters>;
  readonly event: string;
  readonly found: Found | null;
  readonly set: (filters: Partial<Filters> | undefined) => void;
  readonly errorOf: (path: string) => string | undefined;
}

function Remove({ name, run }: { name: string; run: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" size={36} aria-label={`${say.remove}: ${name}`} onClick={run}>
      <IconTrash size={16} />
    </ActionIcon>
  );
}

const without = <T,>(all: Readonly<Record<string, T>>, name: string): Record<string, T> =>
  Object.fromEntries(Object.entries(all).filter(([key]) => key !== name));

const number = (value: string | number) => (typeof value === 'number' ? value : undefined);

function Range({
  name,
  range,
  set,
  remove,
  error,
}: {
  readonly name: string;
  readonly range: Ranges[string];
  readonly set: (range: Ranges[string]) => void;
  readonly remove: () => void;
  readonly error: string | undefined;
}) {
  const change = (part: Ranges[string]) => {
    const next = Object.fromEntries(Object.entries({ ...range, ...part }).filter(([, value]) => value !== undefined));
    set(next);
  };
  return (
    <Group gap={6} wrap="nowrap" align="flex-end">
      <NumberInput
        label={`${name}: ${say.rangeMin}`}
        value={range.min ?? ''}
        onChange={(min) => change({ min: number(min) } as Ranges[string])}
        error={error}
        flex={1}
      />
      <NumberInput
        label={say.rangeMax}
        value={range.max ?? ''}
        onChange={(max) => change({ max: number(max) } as Ranges[string])}
        flex={1}
      />
      <Remove name={name} run={remove} />
    </Group>
  );
}

interface ChosenProps {
  readonly name: string;
  readonly values: string | readonly string[];
  readonly found: Found | null;
  readonly set: (values: readonly string[]) => void;
  readonly remove: () => void;
  readonly error: string | undefined;
}

function Chosen({ name, values, found, set, remove, error }: ChosenProps) {
  return (
    <Group gap={6} wrap="nowrap" align="flex-end">
      <TagsInput
        label={name.replace(/^string_props\./, '')}
        data={valuesOf(found, name).filter(Boolean)}
        value={[...asList(values)]}
        onChange={set}
        error={asList(values).length === 0 ? say.filterValues : error}
        flex={1}
      />
      <Remove name={name} run={remove} />
    </Group>
  );
}

export function FiltersEditor({ filters, event, found, set, errorOf }: Props) {
  const [adding, setAdding] = useState<'value' | 'range' | null>(null);
  const dimensions = (filters.dimensions ?? {}) as Values;
  const ranges = (filters.numeric_ranges ?? {}) as Ranges;
  const put = (nextDimensions: Values, nextRanges: Ranges) => {
    const parts = {
      ...(Object.keys(nextDimensions).length ? { dimensions: nextDimensions } : {}),
      ...(Object.keys(nextRanges).length ? { numeric_ranges: nextRanges } : {}),
    };
    set(Object.keys(parts).length ? (parts as Partial<Filters>) : undefined);
  };
  const choose = (name: string | null) => {
    setAdding(null);
    if (!name) return;
    if (adding === 'range') put(dimensions, { ...ranges, [name]: { min: 0 } });
    else put({ ...dimensions, [name]: valuesOf(found, name).slice(0, 1) }, ranges);
  };
  return (
    <Stack gap="xs" role="group" aria-label={say.filters}>
      <Text size="sm" fw={600}>
        {say.filters}
      </Text>
      {Object.entries(dimensions).map(([name, values]) => (
        <Chosen
          key={name}
          {...{ name, values, found }}
          set={(next) => put({ ...dimensions, [name]: next }, ranges)}
          remove={() => put(without(dimensions, name), ranges)}
          error={errorOf(`dimensions.${name}`)}
        />
      ))}
      {Object.entries(ranges).map(([name, range]) => (
        <Range
          key={name}
          {...{ name, range }}
          set={(next) => put(dimensions, { ...ranges, [name]: next })}
          remove={() => put(dimensions, without(ranges, name))}
          error={errorOf(`numeric_ranges.${name}`)}
        />
      ))}
      {adding && (
        <FieldSelect
          label={say.filterProperty}
          fields={adding === 'range' ? measuresOf(found, event) : dimensionsOf(found, event)}
          value={null}
          onChange={choose}
          defaultDropdownOpened
          autoFocus
        />
      )}
      <Group gap="xs">
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={14} />}
          onClick={() => setAdding('value')}
        >
          {say.addFilter}
        </Button>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={14} />}
          onClick={() => setAdding('range')}
        >
          {say.addRange}
        </Button>
      </Group>
    </Stack>
  );
}
