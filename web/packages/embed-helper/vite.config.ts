/**
 * What is published: the helper as an ES module for bundlers and as one script (`embanEmbed.mount`) for pages without any (`--mode core`), and its
 * React entry, which imports the former (`--mode react`). A helper that grows over 4 KiB does not build.
 */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const MOST_BYTES = 4096;
const dist = (name: string) => fileURLToPath(new URL(`dist/${name}`, import.meta.url));

function staysSmall(): Plugin {
  return {
    name: 'emban-stays-small',
    closeBundle() {
      for (const name of ['embed-helper.js', 'embed-helper.global.js']) {
        const size = gzipSync(readFileSync(dist(name)), { level: 9 }).length;
        if (size > MOST_BYTES) throw new Error(`${name} has ${size} bytes gzipped, at most ${MOST_BYTES} are allowed`);
      }
    },
  };
}

export default defineConfig(({ mode }) => {
  const isReact = mode === 'react';
  return {
    plugins: isReact ? [] : [staysSmall()],
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      target: 'es2020',
      minify: isReact ? false : 'terser',
      emptyOutDir: !isReact,
      lib: isReact
        ? { entry: 'src/react.tsx', formats: ['es'], fileName: () => 'react.js' }
        : {
            entry: 'src/index.ts',
            name: 'embanEmbed',
            formats: ['es', 'iife'],
            fileName: (format) => (format === 'es' ? 'embed-helper.js' : 'embed-helper.global.js'),
          },
      rollupOptions: isReact
        ? {
            external: ['react', 'react/jsx-runtime', '@emban/embed-helper'],
            // In frameworks with server components, hooks belong to the client's side.
            output: { banner: "'use client';" },
          }
        : {},
    },
  };
});
