import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import budgets from '../budgets.json' with { type: 'json' };

interface Chunk {
  file: string;
  imports?: string[];
  css?: string[];
}

const folder = new URL('../../../static/', import.meta.url);
const SIGN_IN = ['index.html', 'src/screens/login/Login.svelte'];
const TILL = ['index.html', 'src/screens/till/Till.svelte'];
/** What else a cold browser asks for before the sign-in pad: the page, the words of its language, the icon, two fonts. */
const BESIDE_SCRIPTS_AND_STYLES = 5;
const FILES_MOST = 12;
let manifest: Record<string, Chunk>;

/** `npm run build` comes first; `make test` does that by itself. */
beforeAll(() => {
  expect(existsSync(new URL('manifest.json', folder)), 'run `npm run build` first').toBe(true);
  manifest = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')) as Record<string, Chunk>;
});

/** The chunks that a screen loads before it shows: the entry's and its own, each with all that they import at once. */
function chunksOf(keys: string[], seen = new Set<Chunk>()): Set<Chunk> {
  for (const key of keys) {
    const chunk = manifest[key];
    if (seen.has(chunk)) continue;
    seen.add(chunk);
    chunksOf(chunk.imports ?? [], seen);
  }
  return seen;
}

const gzipped = (keys: string[]): number => [...chunksOf(keys)].reduce((sum, { file }) => sum + gzipSync(readFileSync(new URL(file, folder))).length, 0);

test.each(Object.entries(budgets))('%s loads within its budget of %i bytes of gzip', (screen, most) => {
  expect(gzipped(['index.html', screen])).toBeLessThanOrEqual(most);
});

test('a cold browser asks for few files until the sign-in pad can be used', () => {
  const chunks = [...chunksOf(SIGN_IN)];
  const files = new Set(chunks.flatMap(({ file, css = [] }) => [file, ...css]));

  expect(files.size + BESIDE_SCRIPTS_AND_STYLES).toBeLessThanOrEqual(FILES_MOST);
});

test('dialogs and papers are not part of what a scan waits for', () => {
  const till = new Set([...chunksOf(TILL)].map(({ file }) => file));
  const papers = Object.keys(manifest).find((key) => key.startsWith('_papers-'))!;

  expect(till.has(manifest[papers].file)).toBe(false);
  expect(till.has(manifest['src/screens/till/Dialogs.svelte'].file)).toBe(false);
});
