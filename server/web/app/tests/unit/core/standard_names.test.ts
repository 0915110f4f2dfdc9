import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { standardName, type StandardName } from '../../../src/core/standard_names.ts';

const LANGUAGES = ['az', 'en', 'ru', 'tr'];
const wordsOf = (language: string): Record<string, string> => JSON.parse(readFileSync(new URL(`../../../../../locales/${language}/cash.json`, import.meta.url), 'utf8'));

test.each(LANGUAGES)('a name that the product gave in %s is known for what it is', (language) => {
  for (const [key, name] of Object.entries(wordsOf(language))) expect(standardName(name), name).toBe(key as StandardName);
});

test('a name that a person chose is left alone', () => {
  expect(standardName('Kapital Kart')).toBeNull();
  expect(standardName('')).toBeNull();
});
