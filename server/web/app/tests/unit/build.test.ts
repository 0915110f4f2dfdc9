import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('the lock file names no registry', () => {
  const lock = readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8');

  expect(lock).not.toMatch(/"resolved"/);
});
