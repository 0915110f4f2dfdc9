/**
 * The whole catalogue in memory: snapshot columns with the rows changed since laid over them. Nothing here is reactive
 * and nothing on the scan path touches IndexedDB; screens hear `onCatalogueChange` and ask again.
 */
import { SearchIndex } from '../core/search.ts';
import { nullable, numbers, type Packed, texts } from './columns.ts';
import { Prices } from './prices.ts';
import type { Category, Change, Item, ItemRow, LabelTemplate, Price, TaxClass, TaxRate, Unit } from './wire.ts';

export interface Found {
  item: Item;
  quantity_milli: number;
}

const FOUND_MOST = 200;

export class Catalogue {
  readonly prices: Prices;
  readonly size: number;
  private readonly columns: Record<'name' | 'sku' | 'search_key' | 'sort_key' | 'plu', string[]>;
  private readonly packed: Packed | null;
  private readonly positions = new Map<number, number>();
  private readonly laidOver = new Map<number, ItemRow>();
  private readonly codes = new Map<string, { item_id: number; quantity_milli: number }>();
  private readonly plus = new Map<string, number>();
  private readonly rows = new Map<string, Map<number, unknown>>();
  private index: SearchIndex | null = null;
  private readonly ids: number[];
  private orders = new Map<number | 'all', number[]>();

  constructor(packed: Packed | null) {
    this.packed = packed;
    this.prices = new Prices(packed);
    const column = (name: string) => (packed ? texts(packed, `items.${name}`) : []);
    this.columns = { name: column('name'), sku: column('sku'), search_key: column('search_key'), sort_key: column('sort_key'), plu: column('plu') };
    this.size = this.columns.name.length;
    this.indexItems();
    this.indexCodes();
    this.ids = packed ? [...numbers(packed, 'items.id')] : [];
    for (const [kind, rows] of Object.entries(packed?.rows ?? {})) for (const row of rows) this.putRow(KIND_OF[kind as keyof Packed['rows']], row);
  }

  item(id: number): Item | null {
    const changed = this.laidOver.get(id);
    if (changed) return changed;
    const position = this.positions.get(id);
    return position === undefined || position >= this.size ? null : this.itemAt(position);
  }

  /** The item of a barcode and how much of it the barcode stands for, or null. Archived items are not found. */
  byBarcode(code: string): Found | null {
    const hit = this.codes.get(code);
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

  barcodesOf(itemId: number): [string, number][] {
    const changed = this.laidOver.get(itemId);
    if (changed) return changed.barcodes;
    return [...this.codes].filter(([, hit]) => hit.item_id === itemId).map(([code, hit]) => [code, hit.quantity_milli]);
  }

  price(itemId: number, atMs: number, branchId: number | null): Price | null {
    return this.prices.at(itemId, atMs, branchId);
  }

  /** Items whose name, sku or barcode holds every word of the text; the best first, at most 200. */
  search(text: string, most = FOUND_MOST): Item[] {
    return this.searchIndex().find(text, most).map((position) => this.item(this.ids[position])!);
  }

  /** Ids of a category's items (all items without one) in the order of their names. The same array until a change. */
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

  /** Made at the first search, or in an idle moment after the start: a scan needs none. */
  searchIndex(): SearchIndex {
    if (this.index) return this.index;
    this.index = new SearchIndex(this.columns.search_key);
    for (const [id, item] of this.laidOver) this.index.put(this.positions.get(id)!, item.archived ? null : item.search_key);
    return this.index;
  }

  private applyItem(id: number, row: ItemRow | null): number {
    const before = this.item(id);
    const item = row ?? (before ? { ...before, archived: true, barcodes: [] } : null);
    if (!item) return 0;
    this.laidOver.set(id, item);
    for (const [code, quantity_milli] of item.barcodes) this.codes.set(code, { item_id: id, quantity_milli });
    if (item.plu !== null && item.plu !== '') this.plus.set(bare(item.plu), id);
    if (!this.positions.has(id)) this.positions.set(id, this.ids.push(id) - 1);
    this.index?.put(this.positions.get(id)!, item.archived ? null : item.search_key);
    return 1;
  }

  private indexItems(): void {
    if (!this.packed) return;
    const ids = numbers(this.packed, 'items.id');
    for (let position = 0; position < ids.length; position++) {
      this.positions.set(ids[position], position);
      if (this.columns.plu[position]) this.plus.set(bare(this.columns.plu[position]), ids[position]);
    }
  }

  private indexCodes(): void {
    if (!this.packed) return;
    const codes = texts(this.packed, 'barcodes.code');
    const items = numbers(this.packed, 'barcodes.item_id');
    const quantities = numbers(this.packed, 'barcodes.quantity_milli');
    for (let at = 0; at < codes.length; at++) this.codes.set(codes[at], { item_id: items[at], quantity_milli: quantities[at] });
  }

  private itemAt(position: number): Item {
    const value = (name: string) => numbers(this.packed!, `items.${name}`)[position];
    return {
      id: value('id'),
      name: this.columns.name[position],
      sku: this.columns.sku[position],
      search_key: this.columns.search_key[position],
      sort_key: this.columns.sort_key[position],
      category_id: nullable(value('category_id')),
      unit_id: value('unit_id'),
      tax_class_id: value('tax_class_id'),
      is_weighed: value('is_weighed') === 1,
      plu: this.columns.plu[position] || null,
      quick_position: nullable(value('quick_position')),
      archived: false,
    };
  }

  private sorted(categoryId: number | null): number[] {
    const keyed: [string, number][] = [];
    const categories = this.packed ? numbers(this.packed, 'items.category_id') : new Float64Array();
    const wanted = categoryId === null ? null : this.withChildren(categoryId);
    for (const [id, position] of this.positions) {
      if (position >= this.size || this.laidOver.has(id) || (wanted && !wanted.has(categories[position]))) continue;
      keyed.push([this.columns.sort_key[position], id]);
    }
    for (const item of this.laidOver.values()) {
      if (!item.archived && (!wanted || (item.category_id !== null && wanted.has(item.category_id)))) keyed.push([item.sort_key, item.id]);
    }
    return keyed.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1])).map(([, id]) => id);
  }

  private withChildren(categoryId: number): Set<number> {
    const wanted = new Set([categoryId]);
    for (const row of this.all<Category>('category')) if (row.parent_id === categoryId) wanted.add(row.id);
    return wanted;
  }

  private quickIds(): Set<number> {
    const ids = new Set<number>();
    const places = this.packed ? numbers(this.packed, 'items.quick_position') : new Float64Array();
    for (let position = 0; position < places.length; position++) if (places[position] >= 0) ids.add(this.ids[position]);
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
