/** The console: a single page under /app, its files under /static/console. `npm run dev` sends API requests to a running Emban. */

import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compressed } from '../../tooling/compressed.ts';

const OUT = fileURLToPath(new URL('../../../src/emban/app/static/console', import.meta.url));

export default defineConfig({
  base: '/static/console/',
  plugins: [react(), compressed(OUT)],
  resolve: { conditions: ['emban-source'] },
  build: { outDir: OUT, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
