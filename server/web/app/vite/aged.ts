/** Keeps the hashed files of earlier builds for 30 days: a terminal that has not updated yet still loads its chunks. */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const KEPT_MS = 30 * 24 * 3_600_000;

export function aged(now = Date.now()): Plugin {
  let folder = '';
  return {
    name: 'aisales-aged',
    apply: 'build',
    configResolved(config) {
      folder = join(config.build.outDir, 'assets');
    },
    closeBundle() {
      for (const file of existsSync(folder) ? readdirSync(folder) : []) {
        const path = join(folder, file);
        if (now - statSync(path).mtimeMs > KEPT_MS) rmSync(path);
      }
    },
  };
}
