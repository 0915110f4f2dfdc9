/** The order of names: the same keys as `sort_key` of `server/values/folding.py`, on the same vectors. */
import { searchKey } from './search.ts';

const ALPHABET = 'abcçdeəfgğhxıijkqlmnoöprsştuüvwyz'; // w, foreign, stands after v
const CYRILLIC = 'абвгдежзийклмнопрстуфхцчшщъыьэюя';

const place = (at: number): string => String.fromCharCode(0x41 + at);

/** space < digits < the alphabet from "A" on < Cyrillic behind "~" */
const BYTES = new Map<string, string>([
  ...[...ALPHABET].map((letter, at): [string, string] => [letter, place(at)]),
  ...[...CYRILLIC].map((letter, at): [string, string] => [letter, `~${place(at)}`]),
  ...[...'0123456789'].map((digit): [string, string] => [digit, digit]),
]);

/** A text that compares by `<` in the order of the Azerbaijani alphabet. */
export function sortKey(name: string): string {
  const lowered = name.replaceAll('İ', 'i').replaceAll('I', 'ı').toLowerCase().replaceAll('ё', 'е');
  let key = '';
  for (const letter of lowered) key += BYTES.get(letter) ?? foreign(letter);
  return key.replace(/ +/g, ' ').trim();
}

const foreign = (letter: string): string => [...(searchKey(letter) || ' ')].map((part) => BYTES.get(part) ?? ' ').join('');
