/**
 * Recording what happened. One strict transaction writes the fact, its operation in the log (which is the outbox)
 * and the counters that gave it its numbers; when `record` resolves, the fact can no longer be lost.
 *
 *   const sale = await record((book) => {
 *     const { number, series, counter } = book.number('sale');
 *     book.operation('sale', body, { id, person_id, shift_id });
 *     book.put('sales', kept);
 *     book.remove('cart', 'current');
 *     return number;
 *   });
 *
 * `work` must be synchronous: awaiting anything but IndexedDB inside a transaction ends it.
 */
import { hlcText, parseHlc, tick, ZERO } from '../core/hlc.ts';
import { newId } from '../core/uuid7.ts';
import { atomic, type LoggedOperation, type StoreName, type Stores, type Write } from './db.ts';
import type { Id, Lease } from './wire.ts';
import { tell } from './channel.ts';
import { BOOT, isMine, NotSelling } from './fence.ts';

const STORES: StoreName[] = ['meta', 'outbox', 'sales', 'cart', 'orders', 'shifts'];
const DIGITS = 6;

export class NoLease extends Error {
  override name = 'NoLease';
}

export interface Numbered {
  series: string;
  counter: number;
  number: string;
}

export interface Circumstances {
  id?: Id;
  person_id: number | null;
  shift_id: Id | null;
  happened_at?: number;
}

interface Counters {
  seq: number;
  hlc: string | null;
  lease: Lease | null;
  /** This tab may give numbers. */
  isSeller: boolean;
}

type Putting = { [Name in StoreName]: [Name, Stores[Name]['value'], IDBValidKey | undefined] }[StoreName];

/** What one act writes: numbers taken, operations, rows. */
export class Book {
  readonly operations: LoggedOperation[] = [];
  readonly puts: Putting[] = [];
  readonly removals: [StoreName, IDBValidKey][] = [];
  readonly counters: Counters;

  constructor(counters: Counters) {
    this.counters = counters;
  }

  get lease(): Lease {
    if (!this.counters.lease) throw new NoLease('this terminal holds no register');
    return this.counters.lease;
  }

  /** Takes the next number of the register: `K2-000001`, `K2.2-000001` for a later lease. Raises: NoLease, NotSelling. */
  number(of: keyof Lease['next']): Numbered {
    if (!this.counters.isSeller) throw new NotSelling('another tab sells on this register');
    const { series, next } = this.lease;
    const counter = next[of];
    next[of] += 1;
    return { series, counter, number: `${series}-${String(counter).padStart(DIGITS, '0')}` };
  }

  operation(kind: string, body: unknown, circumstances: Circumstances): LoggedOperation {
    const now = Date.now();
    this.counters.hlc = hlcText(tick(this.counters.hlc ? parseHlc(this.counters.hlc) : ZERO, now));
    const operation: LoggedOperation = {
      id: circumstances.id ?? newId(now),
      seq: this.counters.seq++,
      kind,
      v: 1,
      happened_at: new Date(circumstances.happened_at ?? now).toISOString(),
      hlc: this.counters.hlc,
      person_id: circumstances.person_id,
      shift_id: circumstances.shift_id,
      body,
      logged_at: now,
      boot: BOOT,
      boot_ms: performance.now(),
      unsent: 1,
      tries: 0,
      not_before: 0,
      error: null,
      flags: [],
    };
    this.operations.push(operation);
    return operation;
  }

  put<Name extends StoreName>(store: Name, value: Stores[Name]['value'], key?: IDBValidKey): void {
    this.puts.push([store, value, key] as Putting);
  }

  remove(store: StoreName, key: IDBValidKey): void {
    this.removals.push([store, key]);
  }
}

const listeners = new Set<() => void>();

/** Called after each recorded act of this tab. */
export function onRecorded(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export async function record<T>(work: (book: Book) => T): Promise<T> {
  let tried: { book: Book; value: T } | null = null;
  const result = await atomic(STORES, async (tx) => {
    // A connection that is lost at the end leaves open whether the act was stored; the second try looks first.
    if (tried && (await isLogged(tx, tried.book))) return tried.value;
    const book = new Book(await countersOf(tx));
    tried = { book, value: work(book) };
    write(tx, book);
    return tried.value;
  });
  for (const listener of listeners) listener();
  tell({ kind: 'outbox' });
  return result;
}

async function isLogged(tx: Write, { operations }: Book): Promise<boolean> {
  return operations.length > 0 && (await tx.objectStore('outbox').index('id').getKey(operations[0].id)) !== undefined;
}

async function countersOf(tx: Write): Promise<Counters> {
  const meta = tx.objectStore('meta');
  const [seq, hlc, lease, isSeller] = await Promise.all([meta.get('seq'), meta.get('hlc'), meta.get('lease'), isMine(tx)]);
  return {
    seq: (seq as number | undefined) ?? 1,
    hlc: (hlc as string | undefined) ?? null,
    lease: (lease as Lease | undefined) ?? null,
    isSeller,
  };
}

function write(tx: Write, book: Book): void {
  for (const operation of book.operations) void tx.objectStore('outbox').add(operation);
  for (const [store, value, key] of book.puts) void tx.objectStore(store).put(value, key as never);
  for (const [store, key] of book.removals) void tx.objectStore(store).delete(key as never);
  const meta = tx.objectStore('meta');
  void meta.put(book.counters.seq, 'seq');
  void meta.put(book.counters.hlc, 'hlc');
  if (book.counters.lease) void meta.put(book.counters.lease, 'lease');
}
