import { expect, test } from 'vitest';
import { countOf, lineAt, linesIn, linesOf } from '../../../src/core/lines.ts';
import { sortKey } from '../../../src/core/order.ts';
import { vectors } from './vectors.ts';

interface Order {
  in_order: string[];
  equal: string[][];
}

const order: Order = vectors('sort');

test('names compare in the order of the Azerbaijani alphabet, as on the server', () => {
  const keys = order.in_order.map(sortKey);

  expect(keys.every((key, at) => at === 0 || keys[at - 1] < key)).toBe(true);
});

test.each(order.equal)('%s and %s stand at one place', (...names) => {
  expect(new Set(names.map(sortKey)).size).toBe(1);
});

test('many texts as one give each back, empty ones too', () => {
  const texts = ['süd', '', 'çörək'];

  for (const lines of [linesOf(texts), linesIn(texts.join('\n'))]) expect(texts.map((_, at) => lineAt(lines, at))).toEqual(texts);
  expect(countOf(linesOf([]))).toBe(0);
});
