import { beforeEach, expect, test } from 'vitest';
import { newDevice } from './browser.ts';
import { atomic, read } from '../../../src/data/db.ts';
import { BOOT, claimRegister, NotSelling } from '../../../src/data/fence.ts';
import { record } from '../../../src/data/record.ts';

const LEASE = { id: 'lease-1', epoch: 1, series: 'K2', next: { sale: 1, shift: 1, z: 1 } };

beforeEach(async () => {
  await newDevice();
  await atomic(['meta'], (tx) => tx.objectStore('meta').put(structuredClone(LEASE), 'lease'));
});

const sell = () =>
  record((book) => {
    const { number } = book.number('sale');
    book.operation('sale', { number }, { person_id: 1, shift_id: 'shift-1' });
    return number;
  });

/** Another tab takes the register: its page load stands at the fence from now on. */
const takenByOtherTab = () => atomic(['meta'], (tx) => void tx.objectStore('meta').put('another page', 'seller'));

test('two tabs on one register: once the other took over, a sale that was under way is refused and takes no number', async () => {
  await claimRegister();
  expect(await sell()).toBe('K2-000001');

  await takenByOtherTab();

  await expect(sell()).rejects.toBeInstanceOf(NotSelling);
  expect(await read((db) => db.count('outbox'))).toBe(1);
  await claimRegister();
  expect(await sell()).toBe('K2-000002');
});

test('a sale that began before the take-over is done before it', async () => {
  await claimRegister();

  const [sold] = await Promise.all([sell(), takenByOtherTab()]);

  expect(sold).toBe('K2-000001');
});

test('a tab that only looks may still note what happens there', async () => {
  await takenByOtherTab();

  await record((book) => book.operation('till_event', { kind: 'pin_missed' }, { person_id: null, shift_id: null }));

  expect(await read((db) => db.count('outbox'))).toBe(1);
  expect(BOOT).not.toBe('another page');
});
