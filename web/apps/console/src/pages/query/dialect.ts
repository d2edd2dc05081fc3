/** ClickHouse's SQL as the editor colours it, and its completion. */

import { type Completion, type CompletionSource, snippetCompletion } from '@codemirror/autocomplete';
import { SQLDialect } from '@codemirror/lang-sql';
import { syntaxTree } from '@codemirror/language';
import type { Offered } from './completion.ts';

const KEYWORDS =
  'select distinct from where prewhere group by having order limit offset with totals rollup cube as and or not in between like ilike is null case when then else end join left right inner full cross outer any all asof semi anti on using union intersect except asc desc nulls first last over partition window rows unbounded preceding following interval array final sample qualify exists true false grouping sets fill ties';
const TYPES =
  'Int8 Int16 Int32 Int64 Int128 Int256 UInt8 UInt16 UInt32 UInt64 UInt128 UInt256 Float32 Float64 Decimal String FixedString Date Date32 DateTime DateTime64 UUID IPv4 IPv6 Bool Nullable LowCardinality Map Tuple Enum8 Enum16';

export const clickhouse = SQLDialect.define({
  keywords: KEYWORDS,
  types: TYPES.toLowerCase(),
  backslashEscapes: true,
  hashComments: true,
  identifierQuotes: '`"',
  caseInsensitiveIdentifiers: false,
  operatorChars: '*+-%<>!=&|~^/?:',
});

const ICONS = { dataset: 'class', column: 'property', property: 'variable', function: 'function', keyword: 'keyword' };
/** The nearest to the events first: columns and properties before the hundreds of functions. */
const BOOST = { dataset: 4, column: 5, property: 5, function: 0, keyword: 1 };

function completionOf({ label, apply, detail, kind }: Offered): Completion {
  const shown = { label, type: ICONS[kind], boost: BOOST[kind], ...(detail && { detail }) };
  // The cursor goes between the parentheses.
  if (kind === 'function') return snippetCompletion(`${label}(\${})`, shown);
  return { ...shown, ...(apply && { apply }) };
}

const SILENT = new Set(['String', 'LineComment', 'BlockComment', 'Number']);

export function completionSource(offers: readonly Offered[]): CompletionSource {
  const options = offers.map(completionOf);
  return (context) => {
    const word = context.matchBefore(/[\w.]+/);
    if (!word && !context.explicit) return null;
    if (SILENT.has(syntaxTree(context.state).resolveInner(context.pos, -1).name)) return null;
    return { from: word?.from ?? context.pos, options, validFor: /^[\w.]*$/ };
  };
}
