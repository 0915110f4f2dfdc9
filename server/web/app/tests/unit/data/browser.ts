/** What a browser has and node lacks: IndexedDB (fake-indexeddb) and Web Locks. */
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { closeDatabase } from '../../../src/data/db.ts';
import { WebLocks } from './web_locks.ts';

Object.defineProperty(globalThis, 'navigator', { value: { locks: new WebLocks() }, configurable: true });

/** A device that was never used. */
export async function newDevice(): Promise<void> {
  await closeDatabase();
  globalThis.indexedDB = new IDBFactory();
  Object.assign(navigator, { locks: new WebLocks() });
}

/** Everything that promises can do now is done: no timer is waited for. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}
