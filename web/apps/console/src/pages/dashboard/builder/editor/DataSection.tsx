/** What the widget asks: event, figure or figures, groups and filters; a table's columns. */

import { Checkbox, MultiSelect, NumberInput, Select } from '@mantine/core';
import { words } from '../../../../words/builder-words.ts';
import type { Query } from '../core/doc.ts';
import { asList } from '../core/question.ts';
import { closedBecause } from '../core/rules.ts';
import { dimensionsOf, eventsOf } from '../found.ts';
import { ColumnsEditor } from './ColumnsEditor.tsx';
import { FieldSelect, options, Reasoned } from './Fields.tsx';
import { FiltersEditor } from './FiltersEditor.tsx';
import { type Figure, FiguresEditor, MetricFields } from './MetricFields.tsx';
import type { Edited } from './use-widget.ts';

const say = words.editor;

/** From one figure to several, which begin with it; and back to the first of them. */
function toggled(query: Query): Partial<Record<keyof Query, unknown>> {
  if (query.series) {
    const [{ metric = 'count', prop, formula, figures } = {} as Figure] = Object.values(query.series) as Figure[];
    return { series: undefined, metric, prop, formula, figures };
  }
  const { metric = 'count', prop, formula, figures } = query;
  const first = Object.fromEntries(Object.entries({ metric, prop, formula, figures }).filter(([, value]) => value));
  return {
    series: { a: first, b: { metric: 'count' } },
    metric: undefined,
    prop: undefined,
    formula: undefined,
    figures: undefined,
  };
}

function Figures({ edited }: { edited: Edited }) {
  const { widget, query, setQuery, errorOf } = edited;
  const event = query.event_name ?? '*';
  const reason = query.series ? null : closedBecause('series', widget);
  return (
    <>
      {query.series ? (
        <FiguresEditor
          label={say.series}
          figures={query.series as Readonly<Record<string, Figure>>}
          event={event}
          set={(series) => setQuery({ series }, say.series.toLowerCase())}
          errorOf={(path) => errorOf(`query.series.${path}`)}
        />
      ) : (
        <MetricFields
          figure={query as Figure}
          event={event}
          set={(change) => setQuery(change, say.metric.toLowerCase())}
          errorOf={(field) => errorOf(`query.${field}`)}
        />
      )}
      <Reasoned reason={reason}>
        <Checkbox
          label={say.several}
          checked={Boolean(query.series)}
          disabled={reason !== null}
          description={reason ?? undefined}
          onChange={() => setQuery(toggled(query), say.series.toLowerCase())}
        />
      </Reasoned>
    </>
  );
}

function Groups({ edited }: { edited: Edited }) {
  const { widget, query, builder, setQuery, errorOf } = edited;
  const reason = closedBecause('group_by', widget);
  const chosen = [...asList(query.group_by)];
  const fields = dimensionsOf(builder.found, query.event_name ?? '*');
  const data = [...new Set([...chosen, ...fields.map(({ value }) => value)])];
  const set = (names: string[]) => {
    const grouped = names.length > 0;
    const rest = grouped ? {} : { other: undefined, limit: undefined };
    setQuery({ group_by: grouped ? names : undefined, ...rest }, say.groupBy.toLowerCase());
  };
  return (
    <Reasoned reason={reason}>
      <MultiSelect
        label={say.groupBy}
        description={reason ?? say.groupByHint}
        data={data.map((value) => ({ value, label: value.replace(/^string_props\./, '') }))}
        value={chosen}
        onChange={set}
        maxValues={2}
        searchable
        disabled={reason !== null}
        error={errorOf('query.group_by')}
        nothingFoundMessage={say.nothingFound}
      />
    </Reasoned>
  );
}

function Limit({ edited }: { edited: Edited }) {
  const { widget, query, setQuery, errorOf } = edited;
  const [limit, other] = [closedBecause('limit', widget), closedBecause('other', widget)];
  if (limit && other) return null;
  return (
    <>
      <NumberInput
        label={say.limit}
        description={say.limitHint}
        value={query.limit ?? ''}
        onChange={(value) =>
          setQuery({ limit: typeof value === 'number' ? value : undefined }, say.limit.toLowerCase())
        }
        min={1}
        max={1000}
        allowDecimal={false}
        placeholder={widget.kind === 'table' ? '100' : '10'}
        error={errorOf('query.limit')}
      />
      {!other && (
        <Checkbox
          label={say.other}
          checked={query.other ?? false}
          onChange={({ currentTarget }) =>
            setQuery({ other: currentTarget.checked || undefined }, say.other.toLowerCase())
          }
        />
      )}
    </>
  );
}

export function DataSection({ edited }: { edited: Edited }) {
  const { widget, query, builder, setQuery, errorOf } = edited;
  return (
    <>
      <FieldSelect
        label={say.event}
        fields={eventsOf(builder.found)}
        value={query.event_name ?? '*'}
        onChange={(name) => setQuery({ event_name: name ?? '*' }, say.event.toLowerCase())}
        allowDeselect={false}
        error={errorOf('query.event_name')}
      />
      {widget.kind === 'table' ? <ColumnsEditor edited={edited} /> : <Figures edited={edited} />}
      {widget.kind !== 'table' && <Groups edited={edited} />}
      <Limit edited={edited} />
      <FiltersEditor
        filters={query.filters ?? {}}
        event={query.event_name ?? '*'}
        found={builder.found}
        set={(filters) => setQuery({ filters }, say.filters.toLowerCase())}
        errorOf={(path) => errorOf(`query.filters.${path}`)}
      />
    </>
  );
}

export function TimeSection({ edited }: { edited: Edited }) {
  const { widget, query, setQuery, errorOf } = edited;
  const closed = (part: 'compare' | 'granularity' | 'cumulative' | 'moving_average') => closedBecause(part, widget);
  const series = widget.kind === 'timeseries';
  return (
    <>
      {series && (
        <Select
          label={say.granularity}
          data={options(say.granularities)}
          value={query.granularity ?? 'auto'}
          onChange={(granularity) => setQuery({ granularity }, say.granularity.toLowerCase())}
          allowDeselect={false}
          error={errorOf('query.granularity')}
        />
      )}
      <Reasoned reason={closed('compare')}>
        <Select
          label={say.compare}
          data={options(say.compares)}
          value={query.compare ?? null}
          onChange={(compare) => setQuery({ compare: compare ?? undefined }, say.compare.toLowerCase())}
          placeholder={say.nothing}
          clearable
          disabled={closed('compare') !== null}
          error={errorOf('query.compare')}
        />
      </Reasoned>
      {series && (
        <>
          <Reasoned reason={closed('cumulative')}>
            <Checkbox
              label={say.cumulative}
              checked={query.cumulative ?? false}
              disabled={closed('cumulative') !== null}
              description={closed('cumulative') ?? undefined}
              onChange={({ currentTarget }) =>
                setQuery({ cumulative: currentTarget.checked || undefined }, say.cumulative.toLowerCase())
              }
            />
          </Reasoned>
          <Reasoned reason={closed('moving_average')}>
            <NumberInput
              label={say.movingAverage}
              description={closed('moving_average') ?? say.movingAverageHint}
              value={query.moving_average ?? ''}
              onChange={(value) =>
                setQuery(
                  { moving_average: typeof value === 'number' ? value : undefined },
                  say.movingAverage.toLowerCase(),
                )
              }
              min={2}
              max={366}
              allowDecimal={false}
              disabled={closed('moving_average') !== null}
              error={errorOf('query.moving_average')}
            />
          </Reasoned>
        </>
      )}
    </>
  );
}
