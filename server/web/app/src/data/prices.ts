/**
 * Which price of an item counts at a moment. Prices are append-only rows, so the past can be asked as well.
 * A price of the branch beats a general one, a markdown beats a promotion, a promotion beats the regular price;
 * among equals the one that began last, then the one that was written last.
 */
import { nullable, numbers, type Packed, texts } from './columns.ts';
import type { Price } from './wire.ts';

const RANK = { regular: 0, promotion: 1, markdown: 2 } as const;

export class Prices {
  private byItem = new Map<number, Price[]>();
  private readonly packed: Packed | null;
  private readonly kinds: string[];
  private readonly positions = new Map<number, number | number[]>();

  constructor(packed: Packed | null) {
    this.packed = packed;
    this.kinds = packed ? texts(packed, 'prices.kind') : [];
    if (packed) this.indexRows(numbers(packed, 'prices.item_id'));
  }

  add(price: Price): void {
    const rows = this.rowsOf(price.item_id).filter((row) => row.id !== price.id);
    this.byItem.set(price.item_id, [...rows, price]);
  }

  drop(id: number): void {
    for (const [itemId, rows] of this.byItem) this.byItem.set(itemId, rows.filter((row) => row.id !== id));
  }

  /** The price that counts, or null. `atMs` is milliseconds UTC. */
  at(itemId: number, atMs: number, branchId: number | null): Price | null {
    let best: Price | null = null;
    for (const row of this.rowsOf(itemId)) {
      if (row.from_at > atMs || (row.until_at !== null && row.until_at <= atMs)) continue;
      if (row.branch_id !== null && row.branch_id !== branchId) continue;
      if (best === null || beats(row, best)) best = row;
    }
    return best;
  }

  rowsOf(itemId: number): Price[] {
    const known = this.byItem.get(itemId);
    if (known) return known;
    const at = this.positions.get(itemId);
    const positions = at === undefined ? [] : typeof at === 'number' ? [at] : at;
    const rows = positions.map((position) => this.row(position));
    this.byItem.set(itemId, rows);
    return rows;
  }

  private indexRows(itemIds: Float64Array): void {
    for (let position = 0; position < itemIds.length; position++) {
      const before = this.positions.get(itemIds[position]);
      if (before === undefined) this.positions.set(itemIds[position], position);
      else if (typeof before === 'number') this.positions.set(itemIds[position], [before, position]);
      else before.push(position);
    }
  }

  private row(position: number): Price {
    const value = (name: string) => numbers(this.packed!, `prices.${name}`)[position];
    return {
      id: value('id'),
      item_id: value('item_id'),
      list_id: value('list_id'),
      branch_id: nullable(value('branch_id')),
      amount_minor: value('amount_minor'),
      kind: this.kinds[position] as Price['kind'],
      from_at: value('from_at'),
      until_at: nullable(value('until_at')),
    };
  }
}

function beats(row: Price, other: Price): boolean {
  const branch = Number(row.branch_id !== null) - Number(other.branch_id !== null);
  if (branch !== 0) return branch > 0;
  const kind = RANK[row.kind] - RANK[other.kind];
  if (kind !== 0) return kind > 0;
  return row.from_at !== other.from_at ? row.from_at > other.from_at : row.id > other.id;
}
