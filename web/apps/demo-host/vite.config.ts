/** The demo's host page: a made-up product that shows an Emban dashboard to its customers. Served by `emban demo` alone. */

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { tokensCss } from '../../packages/theme/src/vite.ts';
import { compressed } from '../../tooling/compressed.ts';

const OUT = fileURLToPath(new URL('../../../src/emban/app/static/demo', import.meta.url));

export default defineConfig({
  base: '/static/demo/',
  plugins: [tokensCss(), compressed(OUT)],
  resolve: { conditions: ['emban-source'] },
  build: { outDir: OUT, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, modulePreload: false },
});
