/**
 * The whole catalogue in memory: snapshot columns with the rows changed since laid over them. Nothing here is reactive
 * and nothing on the scan path touches IndexedDB; screens hear `onCatalogueChange` and ask again.
 */
import { lineAt, NONE as NO_LINES } from '../core/lines.ts';
import { sortKey } from '../core/order.ts';
import { SearchIndex } from '../core/search.ts';
import { Codes } from './codes.ts';
import { nullable, numberAt, type Numbers, type Packed, placeOf } from './columns.ts';
import { Prices } from './prices.ts';
import type { Category, Change, Item, ItemRow, LabelTemplate, Price, TaxClass, TaxRate, Unit } from './wire.ts';

export interface Found {
  item: Item;
  quantity_milli: number;
}

const FOUND_MOST = 200;
/** Of a list that is scrolled through; beyond that one searches. */
const LISTED_MOST = 5_000;
const NO_NUMBERS: Numbers = 0;

export class Catalogue {
  readonly prices: Prices;
  readonly size: number;
  private readonly packed: Packed | null;
  private readonly ids: Numbers;
  private readonly codes: Codes;
  private readonly laidOver = new Map<number, ItemRow>();
  /** Items that came after the snapshot: their places behind it, as the search counts them. */
  private readonly added = new Map<number, number>();
  private readonly addedIds: number[] = [];
  private readonly laidOverCodes = new Map<string, { item_id: number; quantity_milli: number }>();
  private readonly plus = new Map<string, number>();
  private readonly rows = new Map<string, Map<number, unknown>>();
  private readonly index: SearchIndex;
  private readonly sortKeys = new Map<number, string>();
  private orders = new Map<number | 'all', number[]>();

  constructor(packed: Packed | null) {
    this.packed = packed;
    this.prices = new Prices(packed);
    this.size = packed?.counts.items ?? 0;
    this.ids = this.column('items.id');
    this.codes = new Codes((packed?.numbers['barcodes.code'] as Float64Array | undefined) ?? [], packed?.otherCodes ?? []);
    this.index = new SearchIndex(packed?.texts['items.search'] ?? NO_LINES);
    const plus = this.column('items.plu');
    for (let position = 0; position < this.size; position++) {
      if (numberAt(plus, position) >= 0) this.plus.set(String(numberAt(plus, position)), numberAt(this.ids, position));
    }
    for (const [kind, rows] of Object.entries(packed?.rows ?? {})) for (const row of rows) this.putRow(KIND_OF[kind as keyof Packed['rows']], row);
  }

  item(id: number): Item | null {
    const changed = this.laidOver.get(id);
    if (changed) return changed;
    const position = this.positionOf(id);
    return position < 0 ? null : this.itemAt(position);
  }

  /** The item of a barcode and how much of it the barcode stands for, or null. Archived items are not found. */
  byBarcode(code: string): Found | null {
    const hit = this.laidOverCodes.get(code) ?? this.packedCode(code);
    const item = hit ? this.item(hit.item_id) : null;
    if (!hit || !item || item.archived) return null;
    const changed = this.laidOver.get(item.id);
    if (changed && !changed.barcodes.some(([other]) => other === code)) return null;
    return { item, quantity_milli: hit.quantity_milli };
  }

  /** The item of a scale's number (2x labels), or null. Leading zeros do not count. */
  byPlu(plu: string | number): Item | null {
    const id = this.plus.get(bare(plu));
    const item = id === undefined ? null : this.item(id);
    return item && !item.archived && item.plu !== null && bare(item.plu) === bare(plu) ? item : null;
  }

  price(itemId: number, atMs: number, branchId: number | null): Price | null {
    return this.prices.at(itemId, atMs, branchId);
  }

  /** Items whose name or sku holds every word of the text; the best first, at most 200. */
  search(text: string, most = FOUND_MOST): Item[] {
    return this.searchIds(text, most).map((id) => this.item(id)!);
  }

  searchIds(text: string, most = FOUND_MOST): number[] {
    return this.index.find(text, most).map((position) => (position < this.size ? numberAt(this.ids, position) : this.addedIds[position - this.size]));
  }

  /** Ids of a category's items (all items without one) in the order of their names, at most 5,000. The same array until a change. */
  idsOf(categoryId: number | null): number[] {
    const key = categoryId ?? 'all';
    const known = this.orders.get(key);
    if (known) return known;
    const ids = this.sorted(categoryId);
    this.orders.set(key, ids);
    return ids;
  }

  /** Items with a place among the quick tiles, in their order. */
  quick(): Item[] {
    const items = [...this.quickIds()].map((id) => this.item(id)).filter((item) => item !== null);
    return items.filter((item) => !item.archived && item.quick_position !== null).sort((a, b) => a.quick_position! - b.quick_position!);
  }

  categories(): Category[] {
    return this.all<Category>('category').filter((row) => !row.archived).sort((a, b) => a.position - b.position || a.id - b.id);
  }

  category(id: number): Category | null {
    return this.row<Category>('category', id);
  }

  unit(id: number): Unit | null {
    return this.row<Unit>('unit', id);
  }

  taxClass(id: number): TaxClass | null {
    return this.row<TaxClass>('tax_class', id);
  }

  units(): Unit[] {
    return this.all<Unit>('unit');
  }

  taxClasses(): TaxClass[] {
    return this.all<TaxClass>('tax_class');
  }

  labelTemplates(): LabelTemplate[] {
    return this.all<LabelTemplate>('label_template');
  }

  /** The rate of a tax class at a moment: the one that began last. */
  taxRate(classId: number, atMs: number): TaxRate | null {
    const rates = this.all<TaxRate>('tax_rate').filter((rate) => rate.class_id === classId && rate.from_at <= atMs);
    return rates.sort((a, b) => b.from_at - a.from_at || b.id - a.id)[0] ?? null;
  }

  taxRateById(id: number): TaxRate | null {
    return this.row<TaxRate>('tax_rate', id);
  }

  /** Lays changed rows over the snapshot. Kinds that are not of the catalogue are left out. */
  apply(changes: Pick<Change, 'kind' | 'op' | 'id' | 'row'>[]): void {
    let items = 0;
    for (const change of changes) {
      const id = Number(change.id);
      if (change.kind === 'item') items += this.applyItem(id, change.op === 'put' ? (change.row as ItemRow) : null);
      else if (change.kind === 'price') change.op === 'put' ? this.prices.add(change.row as Price) : this.prices.drop(id);
      else if (change.op === 'put') this.putRow(change.kind, change.row as { id: number });
      else this.rows.get(change.kind)?.delete(id);
    }
    if (items > 0) this.orders = new Map();
  }

  private applyItem(id: number, row: ItemRow | null): number {
    const before = this.item(id);
    const item = row ?? (before ? { ...before, archived: true, barcodes: [], search_key: '', sort_key: '' } : null);
    if (!item) return 0;
    this.laidOver.set(id, item);
    for (const [code, quantity_milli] of item.barcodes) this.laidOverCodes.set(code, { item_id: id, quantity_milli });
    if (item.plu !== null && item.plu !== '') this.plus.set(bare(item.plu), id);
    this.index.put(this.placeInSearch(id), item.archived ? null : item.search_key);
    return 1;
  }

  private placeInSearch(id: number): number {
    const position = this.positionOf(id);
    if (position >= 0) return position;
    const known = this.added.get(id);
    if (known !== undefined) return known;
    const place = this.size + this.addedIds.push(id) - 1;
    this.added.set(id, place);
    return place;
  }

  private packedCode(code: string): { item_id: number; quantity_milli: number } | null {
    const at = this.codes.find(code);
    return at < 0 ? null : { item_id: numberAt(this.column('barcodes.item_id'), at), quantity_milli: numberAt(this.column('barcodes.quantity_milli'), at) };
  }

  private column(name: string): Numbers {
    return this.packed?.numbers[name] ?? NO_NUMBERS;
  }

  /** The place of an item in the snapshot, or −1. */
  private positionOf(id: number): number {
    const at = placeOf(this.ids, id, this.size);
    return at < this.size && numberAt(this.ids, at) === id ? at : -1;
  }

  private itemAt(position: number): Item {
    const value = (name: string) => numberAt(this.column(`items.${name}`), position);
    return {
      id: value('id'),
      name: this.nameAt(position),
      sku: lineAt(this.packed!.texts['items.sku'], position),
      category_id: nullable(value('category_id')),
      unit_id: value('unit_id'),
      tax_class_id: value('tax_class_id'),
      is_weighed: value('is_weighed') === 1,
      plu: nullable(value('plu')),
      quick_position: nullable(value('quick_position')),
      archived: false,
    };
  }

  private nameAt(position: number): string {
    return lineAt(this.packed!.texts['items.name'], position);
  }

  /** The snapshot's items are in order already; those laid over are put among them. */
  private sorted(categoryId: number | null): number[] {
    const wanted = categoryId === null ? null : this.withChildren(categoryId);
    const [categories, byName] = [this.column('items.category_id'), this.column('items.by_name')];
    const ids: number[] = [];
    for (let at = 0; at < this.size && ids.length < LISTED_MOST; at++) {
      const position = numberAt(byName, at);
      const id = numberAt(this.ids, position);
      if ((!wanted || wanted.has(numberAt(categories, position))) && !this.laidOver.has(id)) ids.push(id);
    }
    const over = [...this.laidOver.values()].filter((item) => !item.archived && (!wanted || (item.category_id !== null && wanted.has(item.category_id))));
    return over.length ? this.merged(ids, over).slice(0, LISTED_MOST) : ids;
  }

  private merged(ids: number[], over: ItemRow[]): number[] {
    over.sort((a, b) => (a.sort_key < b.sort_key ? -1 : a.sort_key > b.sort_key ? 1 : a.id - b.id));
    const all: number[] = [];
    let from = 0;
    for (const item of over) {
      const to = this.placeAmong(ids, item, from);
      for (; from < to; from++) all.push(ids[from]);
      all.push(item.id);
    }
    for (; from < ids.length; from++) all.push(ids[from]);
    return all;
  }

  /** The first place from `low` on whose item comes after this one. */
  private placeAmong(ids: number[], item: ItemRow, low: number): number {
    let high = ids.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const key = this.sortKeyOf(ids[middle]);
      if (key < item.sort_key || (key === item.sort_key && ids[middle] < item.id)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Of an item of the snapshot. Only a few are ever asked for, again and again. */
  private sortKeyOf(id: number): string {
    const known = this.sortKeys.get(id);
    if (known !== undefined) return known;
    const key = sortKey(this.nameAt(this.positionOf(id)));
    this.sortKeys.set(id, key);
    return key;
  }

  private withChildren(categoryId: number): Set<number> {
    const wanted = new Set([categoryId]);
    for (const row of this.all<Category>('category')) if (row.parent_id === categoryId) wanted.add(row.id);
    return wanted;
  }

  private quickIds(): Set<number> {
    const ids = new Set<number>();
    const places = this.column('items.quick_position');
    for (let position = 0; position < this.size; position++) if (numberAt(places, position) >= 0) ids.add(numberAt(this.ids, position));
    for (const item of this.laidOver.values()) if (item.quick_position !== null) ids.add(item.id);
    return ids;
  }

  private putRow(kind: string, row: { id: number }): void {
    const rows = this.rows.get(kind) ?? new Map<number, unknown>();
    this.rows.set(kind, rows.set(row.id, row));
  }

  private all<Row>(kind: string): Row[] {
    return [...(this.rows.get(kind)?.values() ?? [])] as Row[];
  }

  private row<Row>(kind: string, id: number): Row | null {
    return (this.rows.get(kind)?.get(id) as Row | undefined) ?? null;
  }
}

const KIND_OF = { categories: 'category', units: 'unit', tax_classes: 'tax_class', label_templates: 'label_template' } as const;

function bare(plu: string | number): string {
  return String(plu).replace(/^0+(?=\d)/, '');
}
