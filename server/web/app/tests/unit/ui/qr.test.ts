import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { qrModules } from '../../../src/ui/qr.ts';

const drawn = (text: string) => qrModules(text).map((row) => row.map(Number).join('')).join('\n');

/** The digests were taken of codes that the Python package `qrcode` draws alike (version 8.2). */
test.each([
  ['A', 21, 'bc9009ae87ca68f1'],
  ['AS1:0192F0A1-7C3B-7D4E-8F00-123456789ABC', 29, '945607690b4a51ab'],
  ['x'.repeat(120), 45, 'b91b7e904d3e58a9'],
  ['ə'.repeat(100), 57, '0c32f445b86db3e2'],
  ['z'.repeat(400), 77, '79907a2e182e3153'],
])('the code of %s is the one that another program draws', (text, size, digest) => {
  const modules = drawn(text);

  expect(modules.split('\n')).toHaveLength(size);
  expect(createHash('sha256').update(modules).digest('hex').slice(0, 16)).toBe(digest);
});

test('a text beyond version 20 is refused', () => {
  expect(() => qrModules('x'.repeat(700))).toThrow(RangeError);
});
