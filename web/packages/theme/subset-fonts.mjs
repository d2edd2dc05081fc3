/**
 * Makes fonts/inter-core.woff2: the characters that nearly every page needs, in the two weights that the design uses, with tabular figures.
 * All other characters come from the full files, which browsers load only where a page has such characters.
 *
 * Run by hand when Inter is updated: `npm run fonts -w @emban/theme`.
 */

import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import subsetFont from 'subset-font';

const require = createRequire(import.meta.url);
const source = require.resolve('@fontsource-variable/inter/files/inter-latin-wght-normal.woff2');
const license = require.resolve('@fontsource-variable/inter/LICENSE');

const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('');
// Spaces and dashes that number and date formats use, currencies, and what the pages' own words need.
const more = '\u00a0\u2009–—…‘’“”·×±µ€£¥−↑↓';

const font = await subsetFont(await readFile(source), ascii + more, {
  targetFormat: 'woff2',
  variationAxes: { wght: { min: 400, max: 600 } },
  keepFeatures: ['tnum', 'kern'],
});
await writeFile(new URL('fonts/inter-core.woff2', import.meta.url), font);
await copyFile(license, new URL('fonts/LICENSE', import.meta.url));
