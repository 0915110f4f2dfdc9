/**
 * Which price of an item counts at a moment. Prices are append-only rows, so the past can be asked as well.
 * A price of the branch beats a general one, a markdown beats a promotion, a promotion beats the regular price;
 * among equals the one that began last, then the one that was written last.
 */
import { KINDS, nullable, numberAt, type Numbers, type Packed, placeOf } from './columns.ts';
import type { Price } from './wire.ts';

const RANK = { regular: 0, promotion: 1, markdown: 2 } as const;
const NONE: Numbers = 0;

export class Prices {
  /** All prices of the items of which one changed since the snapshot. */
  private readonly changed = new Map<number, Price[]>();
  private readonly dropped = new Set<number>();
  private readonly count: number;
  private readonly columns: Record<'id' | 'item_id' | 'list_id' | 'branch_id' | 'amount_minor' | 'kind' | 'from_at' | 'until_at', Numbers>;

  constructor(packed: Packed | null) {
    const column = (name: string): Numbers => packed?.numbers[`prices.${name}`] ?? NONE;
    this.count = packed?.counts.prices ?? 0;
    this.columns = {
      id: column('id'), item_id: column('item_id'), list_id: column('list_id'), branch_id: column('branch_id'),
      amount_minor: column('amount_minor'), kind: column('kind'), from_at: column('from_at'), until_at: column('until_at'),
    };
  }

  add(price: Price): void {
    this.dropped.delete(price.id);
    const rows = this.rowsOf(price.item_id).filter((row) => row.id !== price.id);
    this.changed.set(price.item_id, [...rows, price]);
  }

  drop(id: number): void {
    this.dropped.add(id);
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
    const rows = this.changed.get(itemId) ?? this.packedRowsOf(itemId);
    return this.dropped.size ? rows.filter((row) => !this.dropped.has(row.id)) : rows;
  }

  private packedRowsOf(itemId: number): Price[] {
    const rows: Price[] = [];
    const { item_id } = this.columns;
    for (let at = placeOf(item_id, itemId, this.count); at < this.count && numberAt(item_id, at) === itemId; at++) rows.push(this.row(at));
    return rows;
  }

  private row(at: number): Price {
    const { id, item_id, list_id, branch_id, amount_minor, kind, from_at, until_at } = this.columns;
    return {
      id: numberAt(id, at),
      item_id: numberAt(item_id, at),
      list_id: numberAt(list_id, at),
      branch_id: nullable(numberAt(branch_id, at)),
      amount_minor: numberAt(amount_minor, at),
      kind: KINDS[numberAt(kind, at)],
      from_at: numberAt(from_at, at),
      until_at: nullable(numberAt(until_at, at)),
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
