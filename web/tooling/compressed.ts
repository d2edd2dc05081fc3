/** Vite plugin: beside every text file its gzip and Brotli forms, so that no server has to compress them again and again. */

import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const TEXT = /\.(js|css|html|svg|json)$/;
/** Below this size a compressed file saves less than its headers cost. */
const LEAST_BYTES = 512;

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
      handler() {
        for (const path of filesBelow(folder)) {
          if (/\.(gz|br)$/.test(path)) rmSync(path);
        }
        for (const path of filesBelow(folder).filter((one) => TEXT.test(one) && statSync(one).size >= LEAST_BYTES)) {
          const content = readFileSync(path);
          writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
          const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
          writeFileSync(`${path}.br`, brotliCompressSync(content, { params }));
        }
      },
    },
  };
}
