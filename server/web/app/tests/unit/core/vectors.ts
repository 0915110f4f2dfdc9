/** The shared vectors in `tests/vectors/` of the project, and the words of papers out of `server/locales/`. */
import { readFileSync } from 'node:fs';
import type { Word } from '../../../src/core/blocks.ts';

const ROOT = new URL('../../../../../../', import.meta.url);

// The files are asserted case by case; their shapes are those of the tests that read them.
export const vectors = (name: string): any => JSON.parse(readFileSync(new URL(`tests/vectors/${name}.json`, ROOT), 'utf8'));

/** Texts of receipts in a language; none of them has a plural. */
export function paperWords(language: string): Word {
  const texts: Record<string, string> = JSON.parse(readFileSync(new URL(`server/locales/${language}/receipt.json`, ROOT), 'utf8'));
  return (key, params = {}) => texts[key].replace(/\{(\w+)\}/g, (_, name: string) => String(params[name]));
}
