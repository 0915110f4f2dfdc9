import { beforeEach, expect, test, vi } from 'vitest';
import { newDevice } from './browser.ts';
import { atomic, database, read } from '../../../src/data/db.ts';
import { record } from '../../../src/data/record.ts';

const LEASE = { id: 'lease-1', epoch: 1, series: 'K2', next: { sale: 1, shift: 1, z: 1 } };

beforeEach(async () => {
  await newDevice();
  await atomic(['meta'], (tx) => tx.objectStore('meta').put(structuredClone(LEASE), 'lease'));
});

const sell = (id: string) =>
  record((book) => {
    const { number } = book.number('sale');
    book.operation('sale', { number }, { id, person_id: 1, shift_id: 'shift-1' });
    return number;
  });

/** The next transaction is stored, but its end is told as this error: the connection went at that moment. */
async function loseTheEndOfTheNext(name: string): Promise<void> {
  const db = await database();
  const real = db.transaction.bind(db) as (...parts: unknown[]) => { done: Promise<void> };
  vi.spyOn(db, 'transaction').mockImplementationOnce(((...parts: unknown[]) => {
    const tx = real(...parts);
    const done = tx.done.then(() => Promise.reject(new DOMException('connection lost', name)));
    done.catch(() => undefined);
    return new Proxy(tx, { get: (of, field) => (field === 'done' ? done : bound(of, field)) });
  }) as never);
}

function bound(of: object, field: string | symbol): unknown {
  const value = Reflect.get(of, field, of) as unknown;
  return typeof value === 'function' ? value.bind(of) : value;
}

test('a connection that the browser closed is opened again', async () => {
  (await database()).close();

  expect(await sell('sale-1')).toBe('K2-000001');
  expect(await read((db) => db.count('outbox'))).toBe(1);
});

test('a read over a connection that the browser closed is repeated on a new one', async () => {
  await sell('sale-1');
  (await database()).close();

  expect(await read((db) => db.count('outbox'))).toBe(1);
});

test.each(['UnknownError', 'AbortError'])('a sale that was stored when the connection went (%s) is not stored twice', async (name) => {
  await loseTheEndOfTheNext(name);

  expect(await sell('sale-1')).toBe('K2-000001');

  expect(await read((db) => db.getAll('outbox'))).toMatchObject([{ id: 'sale-1', seq: 1 }]);
  expect(await sell('sale-2')).toBe('K2-000002');
});

test('what is wrong with the act itself is not tried again', async () => {
  let tries = 0;

  await expect(
    record(() => {
      tries++;
      throw new RangeError('no such line');
    }),
  ).rejects.toBeInstanceOf(RangeError);

  expect(tries).toBe(1);
});
