/** Vite plugin: beside every text file its gzip and Brotli forms, so that no server has to compress them again and again. */

import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { gzipAsync } from '@gfx/zopfli';
import type { Plugin } from 'vite';

const TEXT = /\.(js|css|html|svg|json)$/;
/** Below this size a compressed file saves less than its headers cost. */
const LEAST_BYTES = 512;
/** Zopfli's gzip is 4 % smaller than zlib's best, which is paid for once, here. */
const ZOPFLI = { numiterations: 15 };

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

export function compressed(folder: string): Plugin {
  return {
    name: 'emban-compressed',
    closeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        for (const path of filesBelow(folder)) {
          if (/\.(gz|br)$/.test(path)) rmSync(path);
        }
        for (const path of filesBelow(folder).filter((one) => TEXT.test(one) && statSync(one).size >= LEAST_BYTES)) {
          const content = readFileSync(path);
          writeFileSync(`${path}.gz`, await gzipAsync(content, ZOPFLI));
          const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
          writeFileSync(`${path}.br`, brotliCompressSync(content, { params }));
        }
      },
    },
  };
}
