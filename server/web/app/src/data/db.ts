/**
 * The browser's own database. Every other file of `data/` goes through `database()` or `atomic()`.
 *
 * A sale is done only when its transaction is complete on disk, so writes that carry facts are strict.
 * Browsers drop connections of pages in the background; `atomic` opens the database again and repeats once.
 */
import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from 'idb';
import type { Verifier } from '../core/pin.ts';
import type { Id, Operation, OrderOperation } from './wire.ts';

const NAME = 'aisales';
const VERSION = 1;
/** Nobody here aborts a transaction but `attempt`, after an error: an AbortError is the browser's own doing. */
const LOST = new Set(['InvalidStateError', 'UnknownError', 'AbortError']);

/** An operation in the terminal's log. `unsent` is there only while it waits, so that its index is the outbox. */
export interface LoggedOperation extends Omit<Operation, 'age_ms'> {
  logged_at: number;
  boot: string;
  boot_ms: number;
  unsent?: 1;
  attention?: 1;
  tries: number;
  not_before: number;
  error: { code: string; params?: Record<string, string | number> } | null;
  flags: string[];
}

/** A finished sale as the terminal shows and prints it again: `body` is the pushed body, `receipt` what only the paper needs. */
export interface KeptSale {
  id: Id;
  number: string;
  rung_at: number;
  shift_id: Id;
  person_id: number | null;
  total_minor: number;
  returns_sale_id: Id | null;
  body: unknown;
  receipt: unknown;
}

/** An operation of an open order; one of this terminal has no terminal id of its own until it comes back by the feed. */
export type KeptOrderOperation = { id: Id; order_id: Id; hlc?: string } & { [Field in keyof OrderOperation]?: OrderOperation[Field] };

/** What is kept of a person's PIN. */
export interface KeptVerifier extends Verifier {
  person_id: number;
}

export interface Stores extends DBSchema {
  meta: { key: string; value: unknown };
  device: { key: string; value: unknown };
  catalogue: { key: string; value: unknown };
  delta: { key: [string, number]; value: { kind: string; id: number; row: unknown } };
  reference: { key: [string, number | string]; value: { kind: string; id: number | string; row: unknown } };
  outbox: {
    key: number;
    value: LoggedOperation;
    indexes: { id: string; unsent: number; attention: number; logged_at: number; shift_id: string };
  };
  sales: { key: string; value: KeptSale; indexes: { number: string; rung_at: number; shift_id: string } };
  cart: { key: string; value: unknown };
  orders: { key: string; value: KeptOrderOperation; indexes: { order_id: string } };
  shifts: { key: string; value: { id: string; [field: string]: unknown } };
  verifiers: { key: number; value: KeptVerifier };
}

export type StoreName = StoreNames<Stores>;
export type Write = IDBPTransaction<Stores, StoreName[], 'readwrite'>;

const roomListeners = new Set<(found: boolean) => void>();
let opening: Promise<IDBPDatabase<Stores>> | null = null;

export function database(): Promise<IDBPDatabase<Stores>> {
  opening ??= open().catch((error: unknown) => {
    opening = null;
    throw error;
  });
  return opening;
}

/** Hears after each write whether this device had room for it. */
export function onRoom(listener: (found: boolean) => void): () => void {
  roomListeners.add(listener);
  return () => roomListeners.delete(listener);
}

/** Runs one strict readwrite transaction and resolves when it is on disk. `work` may await only requests of `tx`. */
export async function atomic<T>(stores: StoreName[], work: (tx: Write) => Promise<T> | T): Promise<T> {
  try {
    return await attempt(stores, work);
  } catch (error) {
    if (!isLost(error)) throw error;
    opening = null;
    return attempt(stores, work);
  }
}

/** One value of one store, over a connection that is opened again when the browser dropped it. */
export async function read<T>(work: (db: IDBPDatabase<Stores>) => Promise<T>): Promise<T> {
  try {
    return await work(await database());
  } catch (error) {
    if (!isLost(error)) throw error;
    opening = null;
    return work(await database());
  }
}

export async function closeDatabase(): Promise<void> {
  const open = opening;
  opening = null;
  if (open) (await open).close();
}

async function attempt<T>(stores: StoreName[], work: (tx: Write) => Promise<T> | T): Promise<T> {
  const tx = (await database()).transaction(stores, 'readwrite', { durability: 'strict' }) as Write;
  try {
    const result = await work(tx);
    await tx.done;
    tellRoom(true);
    return result;
  } catch (error) {
    const cause = tx.error ?? error; // What its requests say of an aborted transaction is only that it was aborted.
    abandon(tx);
    if (isFull(cause)) tellRoom(false);
    throw cause;
  }
}

function abandon(tx: Write): void {
  tx.done.catch(() => undefined); // The cause is thrown by the caller; an aborted transaction says it a second time.
  try {
    tx.abort();
  } catch {
    // Already finished: there is nothing to undo.
  }
}

function tellRoom(found: boolean): void {
  for (const listener of roomListeners) listener(found);
}

function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}

function isLost(error: unknown): boolean {
  return error instanceof DOMException && LOST.has(error.name);
}

function open(): Promise<IDBPDatabase<Stores>> {
  return openDB<Stores>(NAME, VERSION, {
    upgrade: (db) => createStores(db),
    blocking: () => void closeDatabase(),
    terminated: () => {
      opening = null;
    },
  });
}

function createStores(db: IDBPDatabase<Stores>): void {
  for (const name of ['meta', 'device', 'catalogue', 'cart'] as const) db.createObjectStore(name);
  db.createObjectStore('delta', { keyPath: ['kind', 'id'] });
  db.createObjectStore('reference', { keyPath: ['kind', 'id'] });
  db.createObjectStore('orders', { keyPath: 'id' }).createIndex('order_id', 'order_id');
  db.createObjectStore('shifts', { keyPath: 'id' });
  db.createObjectStore('verifiers', { keyPath: 'person_id' });

  const outbox = db.createObjectStore('outbox', { keyPath: 'seq' });
  for (const field of ['id', 'unsent', 'attention', 'logged_at', 'shift_id'] as const) outbox.createIndex(field, field);
  const sales = db.createObjectStore('sales', { keyPath: 'id' });
  for (const field of ['number', 'rung_at', 'shift_id'] as const) sales.createIndex(field, field);
}
