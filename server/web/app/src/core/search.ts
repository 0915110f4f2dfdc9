/**
 * Search as you type over the whole catalogue: one folded one-byte string of all items, offsets, `indexOf`.
 * A query that only grew looks among the previous hits. Items changed since the snapshot stand in a small second part.
 */

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

/** One searchable text of many, "\nmilk 1 l\nbread\n", and where each begins. */
interface Part {
  text: string;
  offsets: Uint32Array;
}

export class SearchIndex {
  #main: Part;
  #keys: (string | null)[];
  #delta = new Map<number, string>();
  #last: { words: string; hits: number[] } = { words: '', hits: [] };

  /** `keys[i]` is the folded key of item i; indices are the positions in the catalogue's columns. */
  constructor(keys: readonly string[]) {
    this.#main = partOf(keys);
    this.#keys = [...keys];
  }

  /** A changed or new item: its key in the snapshot no longer counts. Null takes it out (archived). */
  put(index: number, key: string | null): void {
    this.#keys[index] = key;
    this.#delta.set(index, key ?? '');
    this.#last = { words: '', hits: [] };
  }

  /** Positions of items that hold every word, those whose name begins with the query first. */
  find(query: string, limit = 200): number[] {
    const words = searchKey(query);
    if (!words) return [];
    const grown = this.#last.words !== '' && words.startsWith(this.#last.words);
    const beginning = !grown && words.length <= FIRST_LETTERS ? this.#beginning(words, limit) : null;
    if (beginning) return beginning;
    const list = words.split(' ').sort((a, b) => b.length - a.length);
    const hits = grown ? this.#last.hits.filter((index) => this.#holds(index, list)) : this.#scan(list);
    this.#last = { words, hits };
    return ranked(hits, words, this.#keys).slice(0, limit);
  }

  /** Where enough names begin with the first letters of a query, the rest need not be looked at. */
  #beginning(words: string, limit: number): number[] | null {
    const { text, offsets } = this.#main;
    const hits: number[] = [];
    for (let at = text.indexOf(`\n${words}`); at >= 0 && hits.length < limit; at = text.indexOf(`\n${words}`, at + 1)) {
      const index = itemAt(offsets, at + 1);
      if (!this.#delta.has(index)) hits.push(index);
    }
    return hits.length < limit ? null : hits;
  }

  #holds(index: number, words: readonly string[]): boolean {
    const key = this.#keys[index];
    return key !== null && key !== undefined && words.every((word) => key.includes(word));
  }

  #scan(words: readonly string[]): number[] {
    const hits = hitsOf(this.#main, words[0]).filter((index) => !this.#delta.has(index) && this.#holds(index, words));
    for (const index of this.#delta.keys()) if (this.#holds(index, words)) hits.push(index);
    return hits;
  }
}

function partOf(keys: readonly string[]): Part {
  const offsets = new Uint32Array(keys.length + 1);
  let at = 1;
  keys.forEach((key, index) => {
    offsets[index] = at;
    at += key.length + 1;
  });
  offsets[keys.length] = at;
  return { text: `\n${keys.join('\n')}\n`, offsets };
}

/** The items whose text holds a word, in one pass: after a hit the search goes on behind that item. */
function hitsOf({ text, offsets }: Part, word: string): number[] {
  const hits: number[] = [];
  for (let at = text.indexOf(word); at >= 0; ) {
    const index = itemAt(offsets, at);
    hits.push(index);
    at = text.indexOf(word, offsets[index + 1]);
  }
  return hits;
}

function itemAt(offsets: Uint32Array, at: number): number {
  let low = 0;
  let high = offsets.length - 1;
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if (offsets[middle] <= at) low = middle;
    else high = middle;
  }
  return low;
}

/** Names that begin with the query, then those with a word that does, then the others; each in catalogue order. */
function ranked(hits: readonly number[], words: string, keys: readonly (string | null)[]): number[] {
  const first: number[] = [];
  const second: number[] = [];
  const rest: number[] = [];
  for (const index of hits) {
    const at = ` ${keys[index]}`.indexOf(` ${words}`);
    (at === 0 ? first : at > 0 ? second : rest).push(index);
  }
  return [...first, ...second, ...rest];
}
