/**
 * The catalogue as it lies in IndexedDB: one record of typed arrays and joined texts. Reading 100,000 items this way
 * takes an eighth of the time that one record an item takes.
 */
import type { Snapshot } from './wire.ts';

const SEPARATOR = '\n';
const NONE = -1; // Stands for null in a column of ids; ids are positive.

export interface Packed {
  schema: number;
  cursor: number;
  texts: Record<string, string>;
  numbers: Record<string, Float64Array<ArrayBuffer>>;
  rows: Pick<Snapshot, 'categories' | 'units' | 'tax_classes' | 'label_templates'>;
}

const TEXTS = {
  items: ['name', 'sku', 'search_key', 'sort_key', 'plu'],
  barcodes: ['code'],
  prices: ['kind'],
} as const;
const NUMBERS = {
  items: ['id', 'category_id', 'unit_id', 'tax_class_id', 'is_weighed', 'quick_position'],
  barcodes: ['item_id', 'quantity_milli'],
  prices: ['id', 'item_id', 'list_id', 'branch_id', 'amount_minor', 'from_at', 'until_at'],
} as const;
type Table = keyof typeof TEXTS;
const TABLES: Table[] = ['items', 'barcodes', 'prices'];

export function pack(snapshot: Snapshot): Packed {
  const packed: Packed = {
    schema: snapshot.schema,
    cursor: snapshot.cursor,
    texts: {},
    numbers: {},
    rows: {
      categories: snapshot.categories,
      units: snapshot.units,
      tax_classes: snapshot.tax_classes,
      label_templates: snapshot.label_templates,
    },
  };
  for (const table of TABLES) {
    const columns = snapshot[table] as Record<string, unknown[]>;
    for (const name of TEXTS[table]) packed.texts[`${table}.${name}`] = (columns[name] ?? []).map(asText).join(SEPARATOR);
    for (const name of NUMBERS[table]) packed.numbers[`${table}.${name}`] = Float64Array.from(columns[name] ?? [], asNumber);
  }
  return packed;
}

/** One text column as an array; an empty table gives an empty array. */
export function texts(packed: Packed, name: string): string[] {
  const joined = packed.texts[name] ?? '';
  const table = name.slice(0, name.indexOf('.'));
  return rowsOf(packed, table) === 0 ? [] : joined.split(SEPARATOR);
}

export function numbers(packed: Packed, name: string): Float64Array {
  return packed.numbers[name] ?? new Float64Array();
}

/** A number of a column of ids or positions, or null. */
export function nullable(value: number): number | null {
  return value === NONE ? null : value;
}

function rowsOf(packed: Packed, table: string): number {
  const first = table === 'barcodes' ? 'barcodes.item_id' : `${table}.id`;
  return packed.numbers[first]?.length ?? 0;
}

function asText(value: unknown): string {
  return value === null || value === undefined ? '' : String(value).replaceAll(SEPARATOR, ' ');
}

function asNumber(value: unknown): number {
  return value === null || value === undefined ? NONE : Number(value);
}
