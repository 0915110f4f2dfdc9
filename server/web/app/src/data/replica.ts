/**
 * What this device holds of the server's reference rows: catalogue, branch, registers, tender types, people, settings.
 * Memory is what screens read; IndexedDB is what a start without network reads. Tills never edit these rows.
 */
import { hlcText, parseHlc, receive, ZERO } from '../core/hlc.ts';
import { Catalogue } from './catalogue.ts';
import { LAYOUT, pack, type Packed } from './columns.ts';
import { atomic, read, type Write } from './db.ts';
import type { Bootstrap, Change, OrderOperation, Snapshot } from './wire.ts';

export type ReferenceKind = 'company' | 'branch' | 'register' | 'tender_type' | 'setting' | 'terminal_device' | 'person';

interface Row {
  kind: string;
  id: number | string;
  row: unknown;
}

export interface Held {
  cursor: number;
  generation: number;
}

const IN_DELTA = new Set(['item', 'price']);
const IN_CATALOGUE = new Set(['item', 'price', 'category', 'unit', 'tax_class', 'tax_rate', 'label_template']);
const ORDER = 'order_operation'; // Kept in the store `orders`, where this terminal's own operations stand as well.
const DELTA_MOST = 2_000;

export class Replica {
  catalogue = new Catalogue(null);
  held: Held | null = null;
  private rows = new Map<string, Map<number | string, unknown>>();
  private deltaRows = 0;
  private readonly listeners = new Set<(kinds: Set<string>) => void>();

  /** Called after each change with the kinds of rows that changed. */
  onChange(listener: (kinds: Set<string>) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  all<T>(kind: ReferenceKind): T[] {
    return [...(this.rows.get(kind)?.values() ?? [])] as T[];
  }

  /** The delta has grown so long that a new snapshot should be fetched in an idle moment. */
  get wantsSnapshot(): boolean {
    return this.deltaRows > DELTA_MOST;
  }

  /** Reads everything from IndexedDB. Returns false when this device was never filled, or by an app that packed it otherwise. */
  async load(): Promise<boolean> {
    const [held, packed, delta, reference] = await read((db) =>
      Promise.all([db.get('meta', 'held'), db.get('catalogue', 'snapshot'), db.getAll('delta'), db.getAll('reference')]),
    );
    if (!held || (packed as Packed | undefined)?.layout !== LAYOUT) return false;
    this.fill(held as Held, packed as Packed, reference, delta);
    return true;
  }

  /** Takes over a bootstrap and its snapshot; what was there before is replaced in one transaction. */
  async replace(bootstrap: Bootstrap, snapshot: Snapshot): Promise<void> {
    const packed = await pack(snapshot);
    const held = { cursor: Math.min(bootstrap.cursor, snapshot.cursor), generation: bootstrap.generation };
    const reference = referenceOf(bootstrap);
    const operations = bootstrap.order_operations ?? [];
    await atomic(['meta', 'catalogue', 'delta', 'reference', 'orders'], async (tx) => {
      await Promise.all([tx.objectStore('delta').clear(), tx.objectStore('reference').clear()]);
      for (const row of reference) void tx.objectStore('reference').put(row);
      for (const operation of operations) void tx.objectStore('orders').put(operation);
      await followClocks(tx, operations);
      void tx.objectStore('catalogue').put(packed, 'snapshot');
      void tx.objectStore('meta').put(held, 'held');
    });
    this.fill(held, packed, reference, []);
    this.announce(new Set(['*']));
  }

  /** Books changes up to `cursor`: first on disk, then in memory. Applying the same changes twice is harmless. */
  async apply(changes: Change[], cursor: number): Promise<void> {
    const held = { cursor, generation: this.held?.generation ?? 0 };
    await atomic(['meta', 'delta', 'reference', 'orders'], async (tx) => {
      for (const change of changes) book(tx, change);
      await followClocks(tx, operationsIn(changes));
      await tx.objectStore('meta').put(held, 'held');
    });
    this.held = held;
    this.layOver(changes);
    this.deltaRows += changes.filter((change) => IN_DELTA.has(change.kind)).length;
    if (changes.length > 0) this.announce(new Set(changes.map((change) => change.kind)));
  }

  private fill(held: Held, packed: Packed, reference: Row[], delta: Row[]): void {
    this.held = held;
    this.catalogue = new Catalogue(packed);
    this.rows = new Map();
    this.deltaRows = delta.length;
    this.layOver([...reference, ...delta].map((row) => ({ ...row, op: row.row === null ? 'drop' : 'put' }) as const));
  }

  private layOver(changes: (Row & { op: 'put' | 'drop' })[]): void {
    this.catalogue.apply(changes.filter((change) => IN_CATALOGUE.has(change.kind)));
    for (const change of changes) {
      if (IN_CATALOGUE.has(change.kind) || change.kind === ORDER) continue;
      const rows = this.rows.get(change.kind) ?? new Map<number | string, unknown>();
      this.rows.set(change.kind, rows);
      if (change.op === 'put') rows.set(keyOf(change), change.row);
      else rows.delete(keyOf(change));
    }
  }

  private announce(kinds: Set<string>): void {
    for (const listener of this.listeners) listener(kinds);
  }
}

function book(tx: Write, change: Change): void {
  if (change.kind === ORDER) {
    void tx.objectStore('orders').put(change.row as { id: string; order_id: string });
    return;
  }
  const store = tx.objectStore(IN_DELTA.has(change.kind) ? 'delta' : 'reference');
  const row = change.op === 'put' ? change.row : null;
  // A dropped row of the catalogue stays as null, to hide the one of the snapshot.
  if (row !== null || IN_CATALOGUE.has(change.kind)) void store.put({ kind: change.kind, id: keyOf(change), row } as never);
  else void store.delete([change.kind, keyOf(change)] as never);
}

/** A shop's setting and a branch's are two rows of one key, and each brings the value that holds here. */
function keyOf(change: { kind: string; id: number | string; row: unknown }): number | string {
  return change.kind === 'setting' && change.row ? (change.row as { key: string }).key : change.id;
}

function operationsIn(changes: Change[]): OrderOperation[] {
  return changes.filter((change) => change.kind === ORDER).map((change) => change.row as OrderOperation);
}

/** The clock of this terminal goes behind every order operation that it has seen. */
async function followClocks(tx: Write, operations: { hlc: string }[]): Promise<void> {
  const seen = operations.map((operation) => parseHlc(operation.hlc));
  if (seen.length === 0) return;
  const own = (await tx.objectStore('meta').get('hlc')) as string | undefined;
  const now = Date.now();
  const clock = seen.reduce((last, reading) => receive(last, reading, now), own ? parseHlc(own) : ZERO);
  await tx.objectStore('meta').put(hlcText(clock), 'hlc');
}

function referenceOf(bootstrap: Bootstrap): Row[] {
  const rows = (kind: string, list: { id?: number | string }[] | undefined) =>
    (list ?? []).map((row, index) => ({ kind, id: row.id ?? index, row }));
  return [
    ...rows('company', bootstrap.company ? [bootstrap.company] : []),
    ...rows('branch', [bootstrap.branch]),
    ...rows('register', bootstrap.registers),
    ...rows('tender_type', bootstrap.tender_types),
    ...rows('tax_rate', bootstrap.tax_rates),
    ...rows('person', bootstrap.people),
    ...rows('terminal_device', bootstrap.terminal_devices),
    ...(bootstrap.settings ?? []).map((row) => ({ kind: 'setting', id: row.key, row })),
  ];
}

/** The one replica of this tab. */
export const replica = new Replica();
