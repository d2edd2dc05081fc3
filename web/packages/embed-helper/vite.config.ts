/** The helper as an ES module for bundlers, and as one script (`embanEmbed.mount`) for pages without any. */

import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    target: 'es2020',
    minify: 'terser',
    lib: {
      entry: 'src/index.ts',
      name: 'embanEmbed',
      formats: ['es', 'iife'],
      fileName: (format) => (format === 'es' ? 'embed-helper.js' : 'embed-helper.global.js'),
    },
  },
});
