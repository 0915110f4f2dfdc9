import './browser.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cart } from '../../../src/state/cart.svelte.ts';
import { room, watchRoom } from '../../../src/state/room.svelte.ts';
import { shop } from '../../../src/state/shop.svelte.ts';
import { complete, payExact, tender, whyNotSelling } from '../../../src/state/till_sale.svelte.ts';
import { BREAD, CASH, MILK, openTill, operations, sales, scan } from './shop.ts';

beforeEach(async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  await openTill();
  await room.look();
});

afterEach(() => {
  vi.restoreAllMocks();
  Reflect.deleteProperty(navigator, 'storage');
  Object.assign(room, { refused: false, left_bytes: null });
});

const cash = () => shop.tenderTypes.find((row) => row.id === CASH)!;

/** From now on the browser refuses every write for want of room. */
function fillUp(): { freeUp: () => void } {
  const puts = [vi.spyOn(IDBObjectStore.prototype, 'put'), vi.spyOn(IDBObjectStore.prototype, 'add')];
  for (const put of puts) {
    put.mockImplementation(() => {
      throw new DOMException('the disk is full', 'QuotaExceededError');
    });
  }
  return { freeUp: () => puts.forEach((put) => put.mockRestore()) };
}

function giveStorage(parts: Partial<StorageManager>): void {
  Object.defineProperty(navigator, 'storage', { value: parts, configurable: true });
}

test('quota exceeded: the till takes no payment once a line found no room, and sells again when there is some', async () => {
  const { freeUp } = fillUp();
  scan(MILK);
  await cart.settled();

  expect(whyNotSelling()).toBe('no_room');
  expect(await payExact(cash())).toBeNull();
  expect([cart.now.lines.length, cart.now.tenders.length]).toEqual([1, 0]);

  await room.tryAgain();
  expect(whyNotSelling()).toBe('no_room');
  freeUp();
  await room.tryAgain();
  expect(whyNotSelling()).toBeNull();
  expect((await payExact(cash()))?.number).toBe('K2-000014');
});

test('quota exceeded between the last scan and the key of payment: nothing is sold, no number is taken', async () => {
  scan(MILK);
  const { freeUp } = fillUp();
  tender(cash(), 245);

  await expect(complete()).rejects.toThrow('the disk is full');
  expect(whyNotSelling()).toBe('no_room');

  freeUp();
  expect([await sales(), await operations('sale')]).toEqual([[], []]);
  expect([cart.now.lines.length, cart.now.tenders.length]).toEqual([1, 0]);
});

test('quota exceeded by the sale itself is an error, and the cart stands as it was', async () => {
  scan(MILK, BREAD);
  await cart.settled();
  tender(cash(), 365);
  await cart.settled();
  const { freeUp } = fillUp();

  await expect(complete()).rejects.toMatchObject({ name: 'QuotaExceededError' });

  freeUp();
  expect([await sales(), whyNotSelling()]).toEqual([[], 'no_room']);
  expect(cart.now.lines).toHaveLength(2);
});

test('one refused write of the open cart does not stop the till for good', async () => {
  const { freeUp } = fillUp();
  scan(MILK);
  await cart.settled();
  freeUp();

  scan(BREAD);
  await cart.settled();

  expect((await payExact(cash()))?.total_minor).toBe(365);
});

test('what the browser says is left warns early, and stops the till before a write is refused', async () => {
  giveStorage({ estimate: async () => ({ quota: 100_000_000, usage: 70_000_000 }) });
  await room.look();
  expect([room.isLittle, room.isFull, whyNotSelling()]).toEqual([true, false, null]);

  giveStorage({ estimate: async () => ({ quota: 100_000_000, usage: 99_900_000 }) });
  await room.look();
  expect([room.isFull, whyNotSelling()]).toEqual([true, 'no_room']);
});

test('eviction: the browser is asked to keep the storage at each start, and its answer is known', async () => {
  const persist = vi.fn(async () => true);
  giveStorage({ persist, estimate: async () => ({ quota: 1e12, usage: 0 }) });
  vi.stubGlobal('matchMedia', () => ({ matches: false }));

  const stop = watchRoom();
  await vi.waitFor(() => expect(room.persistent).toBe(true));
  stop();

  expect(persist).toHaveBeenCalledOnce();
  vi.unstubAllGlobals();
});
