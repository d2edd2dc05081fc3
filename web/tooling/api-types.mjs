/**
 * Writes packages/api/src/generated/openapi.ts from the API's own description: `emban openapi | npm run api-types`.
 * What types do not need is left out first: examples, prose, and answers that are errors, which all have one shape.
 */

import { writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { URL } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const PROSE = new Set(['example', 'examples', 'summary', 'title', 'tags', 'security', 'operationId']);

function pruned(value, key = '') {
  if (Array.isArray(value)) return value.map((one) => pruned(one));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([name, inner]) => {
    if (key === 'responses') return name.startsWith('2');
    // A property may well be called "title": only texts are prose.
    if (name === 'description') return typeof inner !== 'string' || key === 'schemas';
    return !(PROSE.has(name) && (typeof inner !== 'object' || Array.isArray(inner) || name.startsWith('example')));
  });
  return Object.fromEntries(entries.map(([name, inner]) => [name, pruned(inner, name)]));
}

const document = pruned(JSON.parse(await text(process.stdin)));
const head =
  "/** Made from the API's OpenAPI document by `emban openapi | npm run api-types`; not edited by hand. */\n\n";
const file = new URL('../packages/api/src/generated/openapi.ts', import.meta.url);
writeFileSync(file, head + astToString(await openapiTS(document, { defaultNonNullable: false })));
