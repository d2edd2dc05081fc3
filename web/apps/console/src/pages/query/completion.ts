/** What can be completed in a statement: the datasets, their columns, the properties found in the events, and functions. Pure. */

export interface Offered {
  readonly label: string;
  /** What is written in its place, where that is not the label. */
  readonly apply?: string;
  readonly detail?: string;
  readonly kind: 'dataset' | 'column' | 'property' | 'function' | 'keyword';
}

interface Datasets {
  readonly items: readonly {
    readonly name: string;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
  }[];
  readonly functions: readonly { readonly name: string; readonly aggregate: boolean }[];
}

interface Discovered {
  readonly dimensions: readonly { readonly name: string; readonly top_values: readonly { readonly value: string }[] }[];
  readonly measures: readonly { readonly name: string }[];
}

/** Words of a SELECT. Every one can stand in a statement that is run. */
const KEYWORDS =
  'SELECT DISTINCT FROM WHERE PREWHERE GROUP BY HAVING ORDER LIMIT OFFSET WITH TOTALS ROLLUP CUBE AS AND OR NOT IN BETWEEN LIKE ILIKE IS NULL CASE WHEN THEN ELSE END JOIN LEFT RIGHT INNER FULL CROSS ON USING UNION ALL ASC DESC NULLS FIRST LAST OVER PARTITION INTERVAL ARRAY WINDOW QUALIFY'.split(
    ' ',
  );

const literal = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** How a statement reads a property of an event. */
export function propertySql(column: 'string_props' | 'numeric_props', name: string): string {
  return `${column}[${literal(name)}]`;
}

export function offersOf(datasets: Datasets | undefined, found: Discovered | undefined): Offered[] {
  const tables = (datasets?.items ?? []).flatMap(({ name, columns }): Offered[] => [
    { label: name, kind: 'dataset' },
    ...columns.map((column): Offered => ({ label: column.name, detail: column.type, kind: 'column' })),
  ]);
  const texts = (found?.dimensions ?? []).map(({ name }): Offered => {
    return { label: name, apply: propertySql('string_props', name), detail: 'String', kind: 'property' };
  });
  const numbers = (found?.measures ?? []).map(({ name }): Offered => {
    return { label: name, apply: propertySql('numeric_props', name), detail: 'Float64', kind: 'property' };
  });
  const functions = (datasets?.functions ?? []).map(
    ({ name, aggregate }): Offered => ({ label: name, kind: 'function', ...(aggregate && { detail: 'aggregate' }) }),
  );
  const words = KEYWORDS.map((label): Offered => ({ label, kind: 'keyword' }));
  return [...tables, ...texts, ...numbers, ...functions, ...words];
}
