/** Writes `src/state/keys.d.ts` (ignored by git): the type of all word keys, so that a key no language has is a type error. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const app = join(dirname(fileURLToPath(import.meta.url)), '..');

export function writeKeys() {
  const files = readdirSync(join(app, '../../locales/az')).filter((file) => file.endsWith('.json')).sort();
  const types = files.map((file) => `  | keyof typeof import('@locales/az/${file}')`);
  const target = join(app, 'src/state/keys.d.ts');
  const content = `export type Key =\n${types.join('\n')};\n`;
  // An unchanged file keeps its time, so that `make` does not build again for nothing.
  if (!existsSync(target) || readFileSync(target, 'utf8') !== content) writeFileSync(target, content);
}

/** A Vite plugin, so that the editor knows the keys while the app is being written. */
export function keys() {
  return { name: 'aisales-keys', buildStart: writeKeys };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeKeys();
