/** What a browser has and node lacks: IndexedDB (fake-indexeddb) and Web Locks with `ifAvailable`. */
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { closeDatabase } from '../../../src/data/db.ts';

const held = new Set<string>();

const locks = {
  async request(name: string, options: LockOptions, work: (lock: unknown) => Promise<void>): Promise<void> {
    if (held.has(name)) {
      if (!options.ifAvailable) throw new Error('the test lock knows only ifAvailable');
      return work(null);
    }
    held.add(name);
    try {
      await work({ name });
    } finally {
      held.delete(name);
    }
  },
};

Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });

/** A device that was never used. */
export async function newDevice(): Promise<void> {
  await closeDatabase();
  globalThis.indexedDB = new IDBFactory();
}
