/**
 * The catalogue as it lies in IndexedDB: one record of typed arrays and joined texts, laid out so that a start only reads
 * it: nothing is split, sorted, folded or indexed then. All of that is done once, when a snapshot arrives.
 */
import { countOf, lineAt, type Lines, linesIn, linesOf } from '../core/lines.ts';
import { searchKey } from '../core/search.ts';
import { codeNumber } from './codes.ts';
import type { Column, Snapshot } from './wire.ts';

/** Rises with each change of what is packed: a device that holds another layout is filled again. */
export const LAYOUT = 2;
const NONE = -1; // Stands for null; ids, positions, amounts and times are not negative.

/** One value for all rows, or one a row. */
export type Numbers = number | Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

export interface Packed {
  layout: number;
  cursor: number;
  counts: Record<Table, number>;
  texts: Record<'items.name' | 'items.sku' | 'items.search', Lines>;
  numbers: Record<string, Numbers>;
  /** Barcodes that are no figures, and their rows. */
  otherCodes: [string, number][];
  rows: Pick<Snapshot, 'categories' | 'units' | 'tax_classes' | 'label_templates'>;
}

export const KINDS = ['regular', 'promotion', 'markdown'] as const;
const NUMBERS = {
  items: ['id', 'category_id', 'unit_id', 'tax_class_id', 'is_weighed', 'plu', 'quick_position', 'by_name'],
  barcodes: ['item_id', 'quantity_milli'],
  prices: ['id', 'item_id', 'list_id', 'branch_id', 'amount_minor', 'from_at', 'until_at'],
} as const;
export type Table = keyof typeof NUMBERS;
const TABLES: Table[] = ['items', 'barcodes', 'prices'];

/** Works in short parts with pauses between them: a till that takes a newer snapshot goes on selling. */
export async function pack(snapshot: Snapshot): Promise<Packed> {
  const numbers: Packed['numbers'] = {};
  const counts = { items: 0, barcodes: 0, prices: 0 };
  for (const table of TABLES) {
    counts[table] = lengthOf((snapshot[table] as Record<string, Column>)[table === 'barcodes' ? 'item_id' : 'id']);
    for (const name of NUMBERS[table]) {
      const column = (snapshot[table] as Record<string, Column | undefined>)[name];
      numbers[`${table}.${name}`] = packedNumbers(numbersOf(column ?? { same: null }));
      await pause();
    }
  }
  const codes = textsOf(snapshot.barcodes.code, counts.barcodes);
  numbers['barcodes.code'] = Float64Array.from(codes, codeNumber);
  await pause();
  numbers['prices.kind'] = packedNumbers(mapped(snapshot.prices.kind, (kind) => KINDS.indexOf(kind as (typeof KINDS)[number])));
  await pause();
  const [name, sku] = [textLines(snapshot.items.name, counts.items), textLines(snapshot.items.sku, counts.items)];
  const texts = { 'items.name': name, 'items.sku': sku, 'items.search': await searchLines(name, sku) };
  const { categories, units, tax_classes, label_templates } = snapshot;
  const otherCodes = codes.flatMap((code, at): [string, number][] => (codeNumber(code) ? [] : [[code, at]]));
  await orderByItem(numbers, counts.prices);
  return { layout: LAYOUT, cursor: snapshot.cursor, counts, texts, numbers, otherCodes, rows: { categories, units, tax_classes, label_templates } };
}

export const numberAt = (column: Numbers, at: number): number => (typeof column === 'number' ? column : column[at]);

/** A number that may be missing, or null. */
export const nullable = (value: number): number | null => (value === NONE ? null : value);

/** The first place of a rising column whose value is not below; a column of one value has it at 0. */
export function placeOf(column: Numbers, value: number, count: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numberAt(column, middle) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What a till searches: name and sku as typed letters are folded. Words come again and again, so each is folded once. */
async function searchLines(names: Lines, skus: Lines): Promise<Lines> {
  const FOLDED_AT_ONCE = 5_000;
  const known = new Map<string, string>();
  const folded = (word: string): string => {
    const before = known.get(word);
    if (before !== undefined) return before;
    const key = searchKey(word);
    known.set(word, key);
    return key;
  };
  const keys: string[] = [];
  for (let at = 0; at < countOf(names); at++) {
    const words = lineAt(names, at).split(' ');
    keys.push([...words.map(folded), searchKey(lineAt(skus, at))].filter(Boolean).join(' '));
    if (at % FOLDED_AT_ONCE === 0) await pause();
  }
  return linesOf(keys);
}

/** Prices come in the order in which they were written; here they stand by their items. */
async function orderByItem(numbers: Packed['numbers'], count: number): Promise<void> {
  const items = numbers['prices.item_id'];
  if (isRising(items)) return;
  const order = Uint32Array.from({ length: count }, (_, at) => at).sort((a, b) => numberAt(items, a) - numberAt(items, b) || a - b);
  for (const name of [...NUMBERS.prices, 'kind']) {
    const column = numbers[`prices.${name}`];
    if (typeof column !== 'number') numbers[`prices.${name}`] = packedNumbers(Array.from(order, (at) => column[at]));
    await pause();
  }
}

function isRising(column: Numbers): boolean {
  if (typeof column === 'number') return true;
  for (let at = 1; at < column.length; at++) if (column[at] < column[at - 1]) return false;
  return true;
}

function lengthOf(column: Column): number {
  if (Array.isArray(column)) return column.length;
  if ('steps' in column) return column.steps.length;
  return 'text' in column ? column.text.split('\n').length : 0;
}

function numbersOf(column: Column): number | number[] {
  if (Array.isArray(column)) return column.map(asNumber);
  if ('same' in column) return asNumber(column.same);
  if ('text' in column) return column.text.split('\n').map(asNumber);
  let sum = 0;
  return column.steps.map((step) => (sum += step));
}

/** Whole numbers of 32 bits where they all are; ids of a restored shop are larger. */
function packedNumbers(values: number | number[]): Numbers {
  if (typeof values === 'number') return values;
  const short = Int32Array.from(values);
  return values.every((value, at) => value === short[at]) ? short : Float64Array.from(values);
}

function mapped(column: Column, work: (text: string) => number): number | number[] {
  return !Array.isArray(column) && 'same' in column ? work(String(column.same)) : textsOf(column, 0).map(work);
}

function textsOf(column: Column, count: number): string[] {
  if (Array.isArray(column)) return column.map(asText);
  if ('text' in column) return column.text.split('\n');
  return 'same' in column ? Array.from({ length: count }, () => asText(column.same)) : [];
}

function textLines(column: Column, count: number): Lines {
  return !Array.isArray(column) && 'text' in column ? linesIn(column.text) : linesOf(textsOf(column, count));
}

const asText = (value: unknown): string => (value === null || value === undefined ? '' : String(value).replaceAll('\n', ' '));
const asNumber = (value: unknown): number => (value === null || value === undefined || value === '' ? NONE : Number(value));
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
