/** What there is to ask for: datasets with their columns, the properties found in the events, with types and samples. */

import { Loaded } from '@emban/kit';
import { Text, TextInput, UnstyledButton } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { discoverQuery } from '../../queries.ts';
import { useEnvironment } from '../../session.ts';
import { words } from '../../words/words.ts';
import { datasetsQuery } from './asked.ts';
import { propertySql } from './completion.ts';

const text = words.query.schema;

interface Entry {
  readonly name: string;
  readonly type: string;
  readonly sample: string;
  readonly sql: string;
}

function List({ title, entries, insert }: { title: string; entries: readonly Entry[]; insert: (sql: string) => void }) {
  if (entries.length === 0) return null;
  return (
    <section className="query-schema-part">
      <h2>{title}</h2>
      <ul>
        {entries.map(({ name, type, sample, sql }) => (
          <li key={name}>
            <UnstyledButton onClick={() => insert(sql)} title={text.insert(name)} className="query-schema-entry">
              <span className="query-schema-name">{name}</span>
              <span className="query-schema-type">{type}</span>
              {sample && <span className="query-schema-sample">{sample}</span>}
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </section>
  );
}

function useParts(): {
  pending: boolean;
  parts: { title: string; entries: Entry[] }[];
  datasets: ReturnType<typeof useDatasets>;
} {
  const datasets = useDatasets();
  const found = useQuery(discoverQuery(useEnvironment())).data;
  const short = (value: number) => value.toLocaleString('en', { maximumSignificantDigits: 4 });
  const parts = (datasets.data?.items ?? []).map(({ name, columns }) => ({
    title: name,
    entries: columns.map((column) => ({
      name: column.name,
      type: column.type,
      sample: column.comment,
      sql: column.name,
    })),
  }));
  const texts = (found?.dimensions ?? []).map(({ name, top_values }) => ({
    name,
    type: 'String',
    sample: top_values.map(({ value }) => value).join(', '),
    sql: propertySql('string_props', name),
  }));
  const numbers = (found?.measures ?? []).map(({ name, min, max }) => ({
    name,
    type: 'Float64',
    sample: text.range(short(min), short(max)),
    sql: propertySql('numeric_props', name),
  }));
  const events = (found?.event_names ?? []).map(({ name, count }) => ({
    name,
    type: count.toLocaleString('en'),
    sample: '',
    sql: `'${name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`,
  }));
  const all = [
    ...parts,
    { title: text.events, entries: events },
    { title: text.texts, entries: texts },
    { title: text.numbers, entries: numbers },
  ];
  return { pending: datasets.isPending, parts: all, datasets };
}

function useDatasets() {
  return useQuery(datasetsQuery(useEnvironment()));
}

export function Schema({ insert }: { insert: (sql: string) => void }) {
  const [wanted, setWanted] = useState('');
  const { parts, datasets } = useParts();
  const fits = ({ name }: Entry) => name.toLowerCase().includes(wanted.trim().toLowerCase());
  const shown = parts.map(({ title, entries }) => ({ title, entries: entries.filter(fits) }));
  return (
    <>
      <TextInput
        size="xs"
        aria-label={text.search}
        placeholder={text.search}
        leftSection={<IconSearch size={14} aria-hidden="true" />}
        value={wanted}
        onChange={(event) => setWanted(event.currentTarget.value)}
      />
      <Loaded query={datasets} lines={8} height={20}>
        {() =>
          shown.some(({ entries }) => entries.length > 0) ? (
            shown.map((part) => <List key={part.title} {...part} insert={insert} />)
          ) : (
            <Text size="sm" c="dimmed">
              {text.none}
            </Text>
          )
        }
      </Loaded>
    </>
  );
}
