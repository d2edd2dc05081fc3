/** The charts for the server: one classic script for a bare V8, without a DOM. `src/emban/render/child.py` runs it. */

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  publicDir: false,
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: here('../../../src/emban/render/assets'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    // Nobody downloads it.
    chunkSizeWarningLimit: 2000,
    rollupOptions: {
      input: { charts: here('src/main.ts') },
      output: { format: 'iife', entryFileNames: '[name].js' },
    },
  },
});
