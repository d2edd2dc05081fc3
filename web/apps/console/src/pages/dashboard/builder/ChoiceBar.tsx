/** The dashboard's own filter bar: customer, period, and a list for each property that it offers. */

import { periodName } from '@emban/charts';
import { Group, MultiSelect, Select } from '@mantine/core';
import { words } from '../../../words/builder-words.ts';
import { EVERYBODY, TenantSelect } from '../TenantSelect.tsx';
import { useBuilder, useDraft } from './builder-context.ts';
import { type BuilderSearch, useBuilderSearch } from './builder-search.ts';
import { periodsOf } from './choice.ts';
import type { Filters } from './core/doc.ts';
import type { Choice } from './core/question.ts';
import { type Found, valuesOf } from './found.ts';

const say = words.builder.bar;

interface Props {
  readonly filters: Filters;
  readonly choice: Choice;
  readonly found: Found | null;
  readonly change: (change: BuilderSearch) => void;
}

function Dimension({ name, choice, found, change }: { name: string } & Omit<Props, 'filters'>) {
  const chosen = choice.filters[name] ?? [];
  const set = (values: readonly string[]) => {
    const { [name]: _before, ...rest } = choice.filters;
    const where = values.length ? { ...rest, [name]: values } : rest;
    change({ where: Object.keys(where).length ? where : undefined });
  };
  const label = name.replace(/^string_props\./, '');
  return (
    <MultiSelect
      aria-label={label}
      placeholder={chosen.length ? '' : label}
      data={[...new Set([...chosen, ...valuesOf(found, name)])].filter((value) => value !== '')}
      value={[...chosen]}
      onChange={set}
      searchable
      clearable
      size="xs"
      maw={260}
      miw={120}
      w={chosen.length ? undefined : 130}
    />
  );
}

export function FilterBar({ filters, choice, found, change }: Props) {
  const periods = periodsOf(filters);
  const shown = periods.includes(choice.period) ? periods : [...periods, choice.period];
  return (
    <Group gap="xs" className="builder-bar" role="group" aria-label={say.label}>
      <TenantSelect
        label={say.customer}
        size="xs"
        value={choice.tenant ?? EVERYBODY}
        onChange={(tenant) => change({ tenant: tenant || undefined })}
        everybody
      />
      <Select
        aria-label={say.period}
        data={shown.map((value) => ({ value, label: periodName(value) }))}
        value={choice.period}
        onChange={(period) => period && change({ period })}
        allowDeselect={false}
        size="xs"
        w={140}
      />
      {(filters.dimensions ?? []).map((name) => (
        <Dimension key={name} {...{ name, choice, found, change }} />
      ))}
    </Group>
  );
}

export function ChoiceBar() {
  const { choice, found } = useBuilder();
  const [, change] = useBuilderSearch();
  const { filters } = useDraft();
  return <FilterBar {...{ filters, choice, found, change }} />;
}
