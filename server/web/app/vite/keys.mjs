/** Writes `src/state/keys.d.ts` (ignored by git): the type of all word keys, so that a key no language has is a type error. */
import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const app = join(dirname(fileURLToPath(import.meta.url)), '..');

export function writeKeys() {
  const files = readdirSync(join(app, '../../locales/az')).filter((file) => file.endsWith('.json')).sort();
  const types = files.map((file) => `  | keyof typeof import('@locales/az/${file}')`);
  writeFileSync(join(app, 'src/state/keys.d.ts'), `export type Key =\n${types.join('\n')};\n`);
}

/** A Vite plugin, so that the editor knows the keys while the app is being written. */
export function keys() {
  return { name: 'aisales-keys', buildStart: writeKeys };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeKeys();
