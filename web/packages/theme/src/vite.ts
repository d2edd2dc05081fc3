/** Vite plugin: `import 'virtual:emban-tokens.css'` is the style sheet made from the tokens. */

import type { Plugin } from 'vite';
import { cssText } from './tokens.ts';

const NAME = 'virtual:emban-tokens.css';

export function tokensCss(): Plugin {
  return {
    name: 'emban-tokens',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    load: (id) => (id === `\0${NAME}` ? cssText() : null),
  };
}
