/**
 * Vite plugin: `import 'virtual:mantine.css'` is the style sheet of the Mantine components that our sources import, and of those that
 * these are made of, in Mantine's own order. All of Mantine's styles would be a sixth of what the console loads first.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

const NAME = 'virtual:mantine.css';
/** Sheets of parts that a component has beside its own: `CheckboxIndicator`. */
const PARTS = /^(Card|Indicator|Base)?$/;
const ALWAYS = ['default-css-variables', 'baseline', 'global'];

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

/** Names that the sources below these folders import from Mantine. */
function importedNames(folders: readonly string[]): string[] {
  const sources = folders.flatMap(filesBelow).filter((path) => /\.tsx?$/.test(path));
  const imports = sources.flatMap((path) => [
    ...readFileSync(path, 'utf8').matchAll(/import \{([^}]*)\} from '@mantine\/core'/g),
  ]);
  return imports.flatMap(([, names = '']) => names.split(',').map((name) => name.replace(/\bas .*/, '').trim()));
}

/** The components of Mantine that a component's files import, by the folders that they are in. */
function partsOf(components: string, name: string): string[] {
  const folder = join(components, name);
  if (!existsSync(folder)) return [];
  const texts = filesBelow(folder)
    .filter((path) => path.endsWith('.mjs'))
    .map((path) => readFileSync(path, 'utf8'));
  const paths = texts.flatMap((text) => [...text.matchAll(/from "(\.[^"]+)"/g)].map(([, path = '']) => path));
  return paths.flatMap((path) => path.split('/').filter((part) => /^[A-Z]\w+$/.test(part)));
}

function closure(components: string, names: readonly string[]): Set<string> {
  const found = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    open.push(...partsOf(components, name));
  }
  return found;
}

/** Components that Mantine's other packages, notifications and spotlight, are made of. */
const BEHIND = ['Notification', 'Modal', 'ScrollArea', 'Input', 'CloseButton', 'UnstyledButton', 'Highlight'];

/** Sheets in the order in which Mantine's own `styles.layer.css` has them: a part before what is made of it. */
function inOrder(whole: string, sheets: ReadonlyMap<string, string>): string[] {
  const place = (text: string) =>
    whole.indexOf(
      text
        .replace(/^@layer mantine \{/, '')
        .trim()
        .slice(0, 60),
    );
  return [...sheets.values()].sort((one, other) => place(one) - place(other));
}

export function mantineCss(folders: readonly string[]): Plugin {
  return {
    name: 'emban-mantine-css',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    load(id) {
      if (id !== `\0${NAME}`) return null;
      const home = dirname(createRequire(import.meta.url).resolve('@mantine/core/styles.css'));
      const names = closure(join(home, 'esm/components'), [...BEHIND, ...importedNames(folders)]);
      const sheets = new Map<string, string>();
      for (const file of readdirSync(join(home, 'styles')).filter((one) => one.endsWith('.layer.css'))) {
        const name = file.replace('.layer.css', '');
        const wanted =
          ALWAYS.includes(name) || names.has(name) || [...names].some((one) => PARTS.test(name.replace(one, '')));
        if (wanted) sheets.set(name, readFileSync(join(home, 'styles', file), 'utf8'));
      }
      return inOrder(readFileSync(join(home, 'styles.layer.css'), 'utf8'), sheets).join('\n');
    },
  };
}
