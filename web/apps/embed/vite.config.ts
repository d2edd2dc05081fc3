/**
 * The embed page: two classic scripts and a style sheet. Classic, because module scripts are fetched with CORS, which a sandboxed frame without
 * an origin of its own fails. Each script is a build of its own (`--mode page`, then `--mode engine`); the second one writes index.html.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { tokensCss } from '../../packages/theme/src/vite.ts';
import { compressed } from '../../tooling/compressed.ts';
import { trimEcharts } from './trim-echarts.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const OUT = here('../../../src/emban/app/static/embed');
const BASE = '/static/embed/';

/** Fills page.html with the hashed names of what was built. */
function writePage(): Plugin {
  return {
    name: 'emban-embed-page',
    closeBundle() {
      const files = readdirSync(`${OUT}/assets`);
      const page = readFileSync(here('page.html'), 'utf8').replace(/%([\w-]+)\.(\w+)%/g, (_, name, extension) => {
        const file = files.find((one) => one.startsWith(`${name}-`) && one.endsWith(`.${extension}`));
        if (!file) throw new Error(`the build made no ${name}.${extension}`);
        return `${BASE}assets/${file}`;
      });
      writeFileSync(`${OUT}/index.html`, page);
    },
  };
}

export default defineConfig(({ mode }) => {
  const isEngine = mode === 'engine';
  return {
    base: BASE,
    publicDir: false,
    plugins: [tokensCss(), ...(isEngine ? [trimEcharts(), writePage(), compressed(OUT)] : [])],
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir: OUT,
      emptyOutDir: !isEngine,
      target: 'es2022',
      assetsInlineLimit: 0,
      // A style sheet of its own: styles written into the page by a script are what the policy forbids.
      cssCodeSplit: false,
      modulePreload: false,
      minify: 'terser',
      terserOptions: { compress: { passes: 3 }, ecma: 2020, format: { comments: false } },
      rollupOptions: {
        input: isEngine ? { engine: here('src/engine.ts') } : { page: here('src/main.ts') },
        output: {
          format: 'iife',
          entryFileNames: 'assets/[name]-[hash].js',
          assetFileNames: 'assets/[name]-[hash][extname]',
        },
      },
    },
  };
});
