/** What a viewer may choose from, and what is chosen at first. */

import { periodName } from '@emban/charts';
import { Alert, MultiSelect, Select, Stack } from '@mantine/core';
import { useMemo } from 'react';
import { words } from '../../../../words/builder-words.ts';
import { useBuilder, useDraft } from '../builder-context.ts';
import { defaultPeriod, periodsOf } from '../choice.ts';
import type { Filters } from '../core/doc.ts';
import { setPart } from '../core/edits.ts';
import { missingFilters } from '../core/question.ts';
import { dimensionsOf, measuresOf } from '../found.ts';

const say = words.panels.filters;
const PERIODS = [
  '1h',
  '24h',
  'today',
  'yesterday',
  '7d',
  'this_week',
  'last_week',
  '30d',
  'this_month',
  'last_month',
  '90d',
  'this_year',
];

export const names = (values: readonly string[]) =>
  values.map((value) => ({ value, label: value.replace(/^string_props\./, '') }));

const all = (fields: readonly { value: string }[], own: readonly string[]) => [
  ...new Set([...own, ...fields.map(({ value }) => value)]),
];

type Set = (change: Partial<Record<keyof Filters, unknown>>) => void;

function Times({ filters, set }: { filters: Filters; set: Set }) {
  const zones = useMemo(() => ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')], []);
  const periods = periodsOf(filters);
  const setPeriods = (chosen: string[]) => {
    const kept = PERIODS.filter((period) => chosen.includes(period));
    if (kept.length === 0) return;
    const usual = filters.default_period;
    set({ periods: kept, default_period: usual && kept.includes(usual) ? usual : kept.at(-1) });
  };
  return (
    <>
      <MultiSelect
        label={say.periods}
        description={say.periodsHint}
        data={PERIODS.map((value) => ({ value, label: periodName(value) }))}
        value={[...periods]}
        onChange={setPeriods}
      />
      <Select
        label={say.usual}
        data={periods.map((value) => ({ value, label: periodName(value) }))}
        value={defaultPeriod(filters)}
        onChange={(period) => set({ default_period: period })}
        allowDeselect={false}
      />
      <Select
        label={say.timezone}
        description={say.timezoneHint}
        data={zones}
        value={filters.timezone ?? 'UTC'}
        onChange={(timezone) => set({ timezone: timezone ?? undefined })}
        searchable
        allowDeselect={false}
      />
    </>
  );
}

export function FiltersPanel() {
  const { store, found, known } = useBuilder();
  const draft = useDraft();
  const { filters } = draft;
  const set: Set = (change) => store.edit(words.builder.steps.filters, (state) => setPart(state, 'filters', change));
  const missing = known ? missingFilters(draft, known) : [];
  const { dimensions = [], numeric = [] } = filters;
  return (
    <Stack>
      {missing.length > 0 && (
        <Alert variant="outline" color="yellow">
          {words.builder.canvas.gone(missing)}
        </Alert>
      )}
      <Times filters={filters} set={set} />
      <MultiSelect
        label={say.dimensions}
        description={say.dimensionsHint}
        data={names(all(dimensionsOf(found, '*'), dimensions))}
        value={[...dimensions]}
        onChange={(next) => set({ dimensions: next.length ? next : undefined })}
        maxValues={20}
        searchable
      />
      <MultiSelect
        label={say.numeric}
        description={say.numericHint}
        data={all(measuresOf(found, '*'), numeric)}
        value={[...numeric]}
        onChange={(next) => set({ numeric: next.length ? next : undefined })}
        maxValues={20}
        searchable
      />
    </Stack>
  );
}
