/**
 * Writes packages/api/src/generated/openapi.ts from the API's own description; with `--check` it only says whether the file is what would be written.
 * What types do not need is left out first: examples, prose, and answers that are errors, which all have one shape.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const HEAD = "/** Made from the API's OpenAPI document by `sh tools/web.sh generate`; not edited by hand. */\n\n";
const FILE = new URL('../packages/api/src/generated/openapi.ts', import.meta.url);
const PROSE = new Set(['example', 'examples', 'summary', 'title', 'tags', 'security', 'operationId']);

/** `emban openapi` of this repository, else of the PATH. */
function described() {
  const own = fileURLToPath(new URL('../../.venv/bin/emban', import.meta.url));
  const command = existsSync(own) ? own : 'emban';
  return JSON.parse(execFileSync(command, ['openapi'], { encoding: 'utf8', maxBuffer: 64 << 20 }));
}

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

const types = HEAD + astToString(await openapiTS(pruned(described()), { defaultNonNullable: false }));
if (!process.argv.includes('--check')) {
  writeFileSync(FILE, types);
} else if (readFileSync(FILE, 'utf8') !== types) {
  process.stderr.write(
    'the types are not those of the API: run `sh tools/web.sh generate` and see what no longer compiles\n',
  );
  process.exitCode = 1;
}
