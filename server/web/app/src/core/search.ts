/**
 * Search as you type over the whole catalogue: one folded one-byte string of all items, offsets, `indexOf`.
 * A query that only grew looks among the previous hits. Items changed since the snapshot stand in a small second part.
 */
import { lineAt, type Lines } from './lines.ts';

const LATIN: Record<string, string> = { ə: 'e', ı: 'i', ø: 'o', đ: 'd', ł: 'l', ß: 'ss', æ: 'ae', œ: 'oe', þ: 'th', ð: 'd' };
const PAIRS =
  'аa бb вv гg дd еe ёe жzh зz иi йy кk лl мm нn оo пp рr сs тt уu фf хh цts чch шsh щsch ъ ыy ь эe юyu яya ' +
  'іi їi єe ґg әe ғg ҝg өo үu һh ҹc јy';
const LETTERS = new Map<string, string>([
  ...Object.entries(LATIN),
  ...PAIRS.split(' ').map((pair): [string, string] => [pair[0], pair.slice(1)]),
  [',', '.'],
  ...["'", '’', 'ʼ', '`'].map((mark): [string, string] => [mark, '']),
]);

/** Fold a name or a typed query as `server/values/folding.py` does: "Çörək", "Молоко" → "corek", "moloko". */
export function searchKey(text: string): string {
  const folded = translated(text.toLowerCase());
  const bare = translated(folded.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase());
  return bare.replace(/[^a-z0-9.%+/&*#()-]+/g, ' ').trim();
}

const translated = (text: string): string => {
  let out = '';
  for (const letter of text) out += LETTERS.get(letter) ?? letter;
  return out;
};

/** Queries up to this length hit much of a catalogue: names that begin with them are tried first. */
const FIRST_LETTERS = 3;

export class SearchIndex {
  readonly #main: Lines;
  /** Keys of items changed since; null: archived. */
  readonly #delta = new Map<number, string | null>();
  #last: { words: string; hits: number[] } = { words: '', hits: [] };

  /** Line i is the folded key of item i; indices are the positions in the catalogue's columns. */
  constructor(keys: Lines) {
    this.#main = keys;
  }

  /** A changed or new item: its key in the snapshot no longer counts. Null takes it out (archived). */
  put(index: number, key: string | null): void {
    this.#delta.set(index, key);
    this.#last = { words: '', hits: [] };
  }

  /** Positions of items that hold every word, those whose name begins with the query first. */
  find(query: string, limit = 200): number[] {
    const words = searchKey(query);
    if (!words) return [];
    const grown = this.#last.words !== '' && words.startsWith(this.#last.words);
    const enough = !grown && words.length <= FIRST_LETTERS ? this.#beginnings(words, limit) : null;
    if (enough) return enough;
    const list = words.split(' ').sort((a, b) => b.length - a.length);
    const hits = grown ? this.#last.hits.filter((index) => this.#holds(index, list)) : this.#scan(list);
    this.#last = { words, hits };
    return this.#ranked(hits, words, limit);
  }

  /** Where enough names, or words in them, begin with the first letters of a query, the rest need not be looked at. */
  #beginnings(words: string, limit: number): number[] | null {
    const names = this.#unchanged(hitsOf(this.#main, `\n${words}`, limit + this.#delta.size, 1));
    if (names.length >= limit) return names.slice(0, limit);
    if (this.#delta.size > 0) return null;
    const known = new Set(names);
    const inside = hitsOf(this.#main, ` ${words}`, limit).filter((index) => !known.has(index));
    return names.length + inside.length < limit ? null : [...names, ...inside].slice(0, limit);
  }

  #key(index: number): string | null {
    const changed = this.#delta.get(index);
    return changed === undefined ? lineAt(this.#main, index) : changed;
  }

  #holds(index: number, words: readonly string[]): boolean {
    const key = this.#key(index);
    return key !== null && words.every((word) => key.includes(word));
  }

  #scan(words: readonly string[]): number[] {
    const found = this.#unchanged(hitsOf(this.#main, words[0]));
    const hits = words.length === 1 ? found : found.filter((index) => this.#holds(index, words));
    for (const index of this.#delta.keys()) if (this.#holds(index, words)) hits.push(index);
    return hits;
  }

  #unchanged(hits: number[]): number[] {
    return this.#delta.size === 0 ? hits : hits.filter((index) => !this.#delta.has(index));
  }

  #startsWith(index: number, words: string): boolean {
    const changed = this.#delta.get(index);
    return changed === undefined ? this.#main.text.startsWith(words, this.#main.starts[index]) : (changed ?? '').startsWith(words);
  }

  /** Names that begin with the query, then those with a word that does, then the others; each in catalogue order. */
  #ranked(hits: readonly number[], words: string, limit: number): number[] {
    const first: number[] = [];
    const others: number[] = [];
    for (const index of hits) (this.#startsWith(index, words) ? first : others).push(index);
    if (first.length >= limit) return first.slice(0, limit);

    const second: number[] = [];
    const rest: number[] = [];
    for (const index of others) {
      (this.#key(index)!.includes(` ${words}`) ? second : rest).push(index);
      if (first.length + second.length >= limit) break;
    }
    return [...first, ...second, ...rest].slice(0, limit);
  }
}

/**
 * The items whose text holds a word, in one pass: after a hit the search goes on behind that item. `skipped` characters
 * at the word's begin belong to the item before (the line's end).
 */
function hitsOf({ text, starts }: Lines, word: string, most = Infinity, skipped = 0): number[] {
  const hits: number[] = [];
  let index = 0;
  for (let at = text.indexOf(word); at >= 0 && hits.length < most; ) {
    while (starts[index + 1] <= at + skipped) index++;
    if (index >= starts.length - 1) break;
    hits.push(index);
    at = text.indexOf(word, starts[index + 1] - skipped);
  }
  return hits;
}
