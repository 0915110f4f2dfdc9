import { describe, expect, test } from 'vitest';
import { changeOf, counted, quickAmounts, NOTES } from '../../../src/core/change.ts';
import { linesOf } from '../../../src/core/lines.ts';
import { SearchIndex, searchKey } from '../../../src/core/search.ts';
import { vectors } from './vectors.ts';

const NAMES = ['Süd Bulaq 1 L', 'Çörək', 'Молоко 2,5%', 'Süd tozu', 'Tərəvəz', 'Quru süd', 'Şəki halvası', 'Sabun'];
const index = () => new SearchIndex(linesOf(NAMES.map(searchKey)));
const names = (found: number[]) => found.map((at) => NAMES[at]);

describe('search', () => {
  test('folds as the shared vectors say', () => {
    for (const { text, key } of vectors('folding')) expect(searchKey(text), text).toBe(key);
  });

  test('finds by any letter case, alphabet and diacritic', () => {
    expect(names(index().find('moloko'))).toEqual(['Молоко 2,5%']);
    expect(names(index().find('corek'))).toEqual(['Çörək']);
    expect(names(index().find('ŞƏKİ'))).toEqual(['Şəki halvası']);
    expect(names(index().find('2.5'))).toEqual(['Молоко 2,5%']);
  });

  test('names that begin with the query stand first, then words that do', () => {
    expect(names(index().find('süd'))).toEqual(['Süd Bulaq 1 L', 'Süd tozu', 'Quru süd']);
    expect(names(index().find('u'))[0]).not.toBe(undefined);
  });

  test('every word must be there, in any order', () => {
    expect(names(index().find('bulaq sud'))).toEqual(['Süd Bulaq 1 L']);
    expect(index().find('sud corek')).toEqual([]);
  });

  test('nothing typed finds nothing, and a limit holds', () => {
    expect(index().find('  ')).toEqual([]);
    expect(index().find('s', 2).length).toBe(2);
  });

  test('a query that grows narrows, one that shrinks finds all again', () => {
    const growing = index();
    const fresh = (query: string) => index().find(query);
    for (const query of ['s', 'su', 'sud', 'sud t', 'sud', 's', 'sabun']) expect(growing.find(query)).toEqual(fresh(query));
  });

  test('changed and new items are found under their new names only', () => {
    const changed = index();
    changed.find('sud');
    changed.put(0, searchKey('Kefir Bulaq'));
    changed.put(8, searchKey('Süd yeni'));
    changed.put(3, null);
    expect(changed.find('sud')).toEqual([8, 5]);
    expect(changed.find('kefir')).toEqual([0]);
    expect(changed.find('tozu')).toEqual([]);
  });

  test('enough names that begin with the query are found as if all had been looked at', () => {
    const many = Array.from({ length: 400 }, (_, i) => (i % 3 ? `sud ${i}` : `quru sud ${i}`));
    const all = new SearchIndex(linesOf(many)).find('sud', 10_000);
    const first = new SearchIndex(linesOf(many));
    expect(first.find('sud', 50)).toEqual(all.slice(0, 50));
    expect(first.find('sud 1', 500)).toEqual(new SearchIndex(linesOf(many)).find('sud 1', 500));
    first.put(all[0], 'corek');
    expect(first.find('sud', 50)).toEqual(all.slice(1, 51));
  });

  test('a few letters that begin enough words, though few names, find as if all had been looked at', () => {
    const many = Array.from({ length: 400 }, (_, i) => (i % 7 ? (i % 2 ? `ag sud ${i}` : `asud ${i}`) : `sud ag ${i}`));
    const all = new SearchIndex(linesOf(many)).find('su', 10_000);
    expect(new SearchIndex(linesOf(many)).find('su', 100)).toEqual(all.slice(0, 100));
    expect(all.slice(0, 100).filter((at) => many[at].startsWith('sud')).length).toBe(58);
  });

  test('an empty catalogue can be searched', () => {
    expect(new SearchIndex(linesOf([])).find('sud')).toEqual([]);
  });
});

describe('cash, on the shared vectors', () => {
  const cash = vectors('quick_amounts');

  test('quick amounts, change and counts', () => {
    for (const { due_minor, expected } of cash.quick) expect(quickAmounts(due_minor)).toEqual(expected);
    for (const { due_minor, given_minor, ...expected } of cash.change) expect(changeOf(due_minor, given_minor)).toEqual(expected);
    for (const { pieces, expected } of cash.counted) expect(counted(pieces)).toBe(expected);
    expect(quickAmounts(100, NOTES.TRY, 2)).toEqual([500, 1_000]);
  });
});
