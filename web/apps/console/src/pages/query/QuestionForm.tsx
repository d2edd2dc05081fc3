/** The question of the visual mode, field by field: only what the events of the environment have. */

import { isTimezone, periodName } from '@emban/charts';
import { ActionIcon, Autocomplete, Group, MultiSelect, NumberInput, Select, TagsInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { discoverQuery } from '../../queries.ts';
import { useEnvironment } from '../../session.ts';
import { words } from '../../words/words.ts';
import { EVERYBODY, TenantSelect } from '../dashboard/TenantSelect.tsx';
import { CHARTS_OF, chartFor, groupsOf, kindOf, NEEDS_PROP, tidied } from './question.ts';
import type { ChangeView, QueryView, StructuredQuery } from './view.ts';

const text = words.query.visual;
const PERIODS = '1h 24h today yesterday 7d this_week last_week 30d this_month last_month 90d this_year'.split(' ');
const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone')];
const COLUMNS = ['tenant_id', 'user_id', 'event_name'];
const options = (names: Readonly<Record<string, string>>) =>
  Object.entries(names).map(([value, label]) => ({ value, label }));

interface Props {
  readonly query: StructuredQuery;
  readonly view: QueryView;
  readonly change: ChangeView;
}

type Set = (part: { [name in keyof StructuredQuery]?: StructuredQuery[name] | undefined }) => void;

function useFound() {
  const found = useQuery(discoverQuery(useEnvironment())).data;
  const dimensions = found?.dimensions ?? [];
  return {
    events: [
      { value: '*', label: text.anyEvent },
      ...(found?.event_names ?? []).map(({ name }) => ({ value: name, label: name })),
    ],
    measures: (found?.measures ?? []).map(({ name }) => name),
    names: [...COLUMNS, ...dimensions.map(({ name }) => name).filter((name) => !COLUMNS.includes(name))],
    valuesOf: (name: string) =>
      dimensions
        .find((one) => one.name === name)
        ?.top_values.map(({ value }) => value)
        .filter(Boolean) ?? [],
  };
}

/** What was chosen stays among the choices, whether it is found at the moment or not. */
function withChosen(choices: readonly string[], ...chosen: (string | null | undefined)[]): string[] {
  return [...new Set([...choices, ...chosen.filter((one): one is string => Boolean(one))])];
}

function Filters({ query, set }: { query: StructuredQuery; set: Set }) {
  const { names, valuesOf } = useFound();
  const [added, setAdded] = useState<readonly string[]>([]);
  const given = query.filters?.dimensions ?? {};
  const shown = [...Object.keys(given), ...added.filter((name) => !(name in given))];
  const write = (dimensions: Record<string, string[]>) => set({ filters: { ...query.filters, dimensions } });
  const remove = (name: string) => {
    const { [name]: _gone, ...rest } = given as Record<string, string[]>;
    setAdded((all) => all.filter((one) => one !== name));
    write(rest);
  };
  return (
    <>
      {shown.map((name) => {
        const values = given[name] ?? [];
        return (
          <Group key={name} gap={4} align="flex-end" wrap="nowrap">
            <TagsInput
              size="xs"
              label={name}
              placeholder={text.filterValues}
              data={valuesOf(name)}
              value={typeof values === 'string' ? [values] : [...values]}
              onChange={(chosen) => write({ ...(given as Record<string, string[]>), [name]: chosen })}
              className="query-filter"
            />
            <ActionIcon variant="subtle" color="gray" aria-label={text.removeFilter(name)} onClick={() => remove(name)}>
              <IconX size={14} />
            </ActionIcon>
          </Group>
        );
      })}
      <Select
        size="xs"
        label={text.filters}
        placeholder={text.addFilter}
        data={names.filter((name) => !shown.includes(name))}
        value={null}
        searchable
        onChange={(name) => name && setAdded((all) => [...all, name])}
      />
    </>
  );
}

function Measured({ query, set }: { query: StructuredQuery; set: Set }) {
  const { events, measures, names } = useFound();
  const needs = NEEDS_PROP.has(query.metric ?? '');
  return (
    <>
      <Select
        size="xs"
        label={text.event}
        data={
          withChosen([], query.event_name).every((name) => events.some(({ value }) => value === name))
            ? events
            : [...events, { value: query.event_name ?? '*', label: query.event_name ?? '*' }]
        }
        value={query.event_name ?? '*'}
        searchable
        allowDeselect={false}
        onChange={(name) => name && set({ event_name: name })}
      />
      <Select
        size="xs"
        label={text.metric}
        data={options(text.metrics)}
        value={query.metric ?? null}
        allowDeselect={false}
        onChange={(metric) => metric && set({ metric: metric as never })}
      />
      {needs && (
        <Select
          size="xs"
          label={text.prop}
          data={withChosen(measures, query.prop)}
          value={query.prop ?? null}
          searchable
          error={query.prop ? undefined : text.needsProp}
          onChange={(prop) => set({ prop })}
        />
      )}
      <MultiSelect
        size="xs"
        label={text.groupBy}
        data={withChosen(names, ...groupsOf(query))}
        value={groupsOf(query)}
        maxValues={2}
        searchable
        onChange={(groups) => set({ group_by: groups })}
      />
      {groupsOf(query).length > 0 && (
        <NumberInput
          size="xs"
          label={text.limit}
          min={1}
          max={1000}
          value={query.limit ?? 10}
          onChange={(limit) => typeof limit === 'number' && limit >= 1 && set({ limit: Math.floor(limit) })}
        />
      )}
    </>
  );
}

function Zone({ query, set }: { query: StructuredQuery; set: Set }) {
  const kept = query.timezone ?? 'UTC';
  const [written, setWritten] = useState(kept);
  const [of, setOf] = useState(kept);
  if (of !== kept) {
    setOf(kept);
    setWritten(kept);
  }
  const write = (zone: string) => {
    setWritten(zone);
    if (isTimezone(zone) && zone !== kept) set({ timezone: zone });
  };
  return <Autocomplete size="xs" label={text.timezone} data={ZONES} limit={40} value={written} onChange={write} />;
}

function Times({ query, set }: { query: StructuredQuery; set: Set }) {
  const dated = Boolean(query.date_from || query.date_to);
  return (
    <>
      <Select
        size="xs"
        label={text.granularity}
        data={options(text.sizes)}
        value={query.granularity ?? 'none'}
        allowDeselect={false}
        onChange={(size) => size && set({ granularity: size as never })}
      />
      <Select
        size="xs"
        label={text.period}
        data={PERIODS.map((value) => ({ value, label: periodName(value) }))}
        value={dated ? null : (query.period ?? '30d')}
        placeholder={dated ? `${query.date_from ?? ''} – ${query.date_to ?? ''}` : ''}
        allowDeselect={false}
        onChange={(period) => period && set({ period: period as never, date_from: undefined, date_to: undefined })}
      />
      <Zone query={query} set={set} />
      <Select
        size="xs"
        label={text.compare}
        data={[{ value: '', label: text.noCompare }, ...options(text.compares)]}
        value={query.compare ?? ''}
        allowDeselect={false}
        onChange={(compare) => set({ compare: (compare || undefined) as never })}
      />
    </>
  );
}

export function QuestionForm({ query, view, change }: Props) {
  const set: Set = (part) => change({ q: tidied({ ...query, ...part } as StructuredQuery) });
  const charts = query.columns ? [] : CHARTS_OF[kindOf(query)];
  return (
    <form className="query-form" aria-label={text.title} onSubmit={(event) => event.preventDefault()}>
      <TenantSelect
        label={text.customer}
        labelled
        everybody
        value={view.tenant ?? EVERYBODY}
        onChange={(tenant) => change({ tenant: tenant || undefined })}
      />
      <Measured query={query} set={set} />
      <Times query={query} set={set} />
      {charts.length > 1 && (
        <Select
          size="xs"
          label={text.chart}
          data={charts.map((value) => ({ value, label: text.charts[value as keyof typeof text.charts] }))}
          value={chartFor(query, view.chart)}
          allowDeselect={false}
          onChange={(chart) => chart && change({ chart: chart as never })}
        />
      )}
      <Filters query={query} set={set} />
    </form>
  );
}
