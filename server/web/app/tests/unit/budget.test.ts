import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import budgets from '../budgets.json' with { type: 'json' };

interface Chunk {
  file: string;
  imports?: string[];
}

const folder = new URL('../../../static/', import.meta.url);

/** The files that a screen loads before it shows: the entry's and its own, each with all that they import at once. */
function filesOf(manifest: Record<string, Chunk>, keys: string[], seen = new Set<string>()): Set<string> {
  for (const key of keys) {
    const chunk = manifest[key];
    if (seen.has(chunk.file)) continue;
    seen.add(chunk.file);
    filesOf(manifest, chunk.imports ?? [], seen);
  }
  return seen;
}

/** `npm run build` comes first; `make test` does that by itself. */
test.each(Object.entries(budgets))('%s loads within its budget of %i bytes of gzip', (screen, most) => {
  expect(existsSync(new URL('manifest.json', folder)), 'run `npm run build` first').toBe(true);
  const manifest = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')) as Record<string, Chunk>;

  const files = filesOf(manifest, ['index.html', screen]);
  const bytes = [...files].reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, folder))).length, 0);

  expect(bytes).toBeLessThanOrEqual(most);
});
