/** The build leaves hashed files of earlier builds for 30 days, for terminals that have not updated yet. */
import { mkdirSync, mkdtempSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aged } from '../../vite/aged.ts';

const DAY_MS = 24 * 3_600_000;
const NOW = Date.UTC(2026, 10, 24);

test('a file of a build of 29 days ago stays, one of 31 days ago goes', () => {
  const outDir = mkdtempSync(join(tmpdir(), 'build-'));
  mkdirSync(join(outDir, 'assets'));
  for (const days of [0, 29, 31]) {
    const file = join(outDir, 'assets', `till-${days}.js`);
    writeFileSync(file, '');
    utimesSync(file, (NOW - days * DAY_MS) / 1_000, (NOW - days * DAY_MS) / 1_000);
  }
  const plugin = aged(NOW) as unknown as { configResolved: (config: object) => void; closeBundle: () => void };

  plugin.configResolved({ build: { outDir } });
  plugin.closeBundle();

  expect(readdirSync(join(outDir, 'assets')).sort()).toEqual(['till-0.js', 'till-29.js']);
});
