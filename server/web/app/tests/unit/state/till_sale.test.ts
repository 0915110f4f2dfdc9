import './browser.ts';
import { beforeEach, expect, test, vi } from 'vitest';
import type { SaleBody } from '../../../src/core/sale.ts';
import { cart } from '../../../src/state/cart.svelte.ts';
import { shift } from '../../../src/state/shift.svelte.ts';
import { shop } from '../../../src/state/shop.svelte.ts';
import { terminal } from '../../../src/state/terminal.svelte.ts';
import { till } from '../../../src/state/till.svelte.ts';
import { net } from '../../../src/state/net.svelte.ts';
import { complete, payExact, tender, whyNotSelling } from '../../../src/state/till_sale.svelte.ts';
import type { KeptReceipt } from '../../../src/state/till_paper.ts';
import { bodyOf, BREAD, CARD, CASH, keptCart, MILK, openTill, operations, sales, scan } from './shop.ts';

beforeEach(() => openTill());

const type = (id: number) => shop.tenderTypes.find((row) => row.id === id)!;

test('cash above the total: the change is kept, and all of it is one operation with the number', async () => {
  scan(MILK, BREAD);
  tender(type(CASH), 1_000);

  const kept = (await complete())!;

  const [operation] = await operations('sale');
  expect(bodyOf<SaleBody>(operation)).toMatchObject({ number: 'K2-000014', counter: 14, total_minor: 365, print: true });
  expect(bodyOf<SaleBody>(operation).tenders).toMatchObject([{ tender_type_id: CASH, amount_minor: 365, given_minor: 1_000, change_minor: 635 }]);
  expect(operation).toMatchObject({ id: kept.id, shift_id: shift.open!.id });
  expect((kept.receipt as KeptReceipt).taxes.map(({ kind }) => kind)).toEqual(['standard', 'exempt']);
});

test('the sale takes the open cart off the disk and the screen in the same act', async () => {
  scan(MILK);
  await cart.settled();
  expect(await keptCart()).toBeDefined();

  const kept = await payExact(type(CARD));

  expect([cart.isEmpty, till.done]).toEqual([true, kept]);
  expect(await keptCart()).toBeUndefined();
});

test('a double tap makes one sale', async () => {
  scan(MILK);
  tender(type(CASH), 245);

  const [first, second] = await Promise.all([complete(), complete()]);

  expect([first?.number, second]).toEqual(['K2-000014', null]);
  expect(await sales()).toHaveLength(1);
});

test('tenders are mixed in any number; until they cover the total nothing is sold', async () => {
  scan(MILK, BREAD);
  tender(type(CARD), 100);
  tender(type(CASH), 200);
  expect(await complete()).toBeNull();

  tender(type(CARD), 500);
  const kept = (await complete())!;

  expect((kept.body as SaleBody).tenders.map(({ tender_type_id, amount_minor, change_minor }) => [tender_type_id, amount_minor, change_minor])).toEqual([
    [CARD, 100, 0],
    [CASH, 200, 0],
    [CARD, 65, 0],
  ]);
});

test('no call to the network stands between scan and receipt', async () => {
  const fetched = vi.spyOn(globalThis, 'fetch');
  scan(MILK, BREAD);

  await payExact(type(CASH));

  expect(fetched).not.toHaveBeenCalled();
});

test('numbers follow each other and are never given twice', async () => {
  for (let sale = 0; sale < 3; sale++) {
    scan(MILK);
    await payExact(type(CASH));
  }

  expect((await sales()).map(({ number }) => number).sort()).toEqual(['K2-000014', 'K2-000015', 'K2-000016']);
});

test('without a shift, a register or the lock nothing can be sold, and why is said', async () => {
  scan(MILK);
  tender(type(CASH), 245);

  terminal.hold = 'elsewhere';
  expect([whyNotSelling(), await complete()]).toEqual(['other_tab', null]);
  terminal.hold = 'held';
  shift.open = null;
  expect([whyNotSelling(), await complete()]).toEqual(['no_shift', null]);
  terminal.lease = null;
  expect(whyNotSelling()).toBe('no_register');
  expect(cart.now.lines).toHaveLength(1);
});

test('a terminal that the server shut out sells no more', () => {
  net.revoked = true;
  expect(whyNotSelling()).toBe('revoked');
  net.revoked = false;
  expect(whyNotSelling()).toBeNull();
});

test('once another device took the register over nothing more is sold on it', async () => {
  const registers = vi.spyOn(terminal, 'register', 'get');
  registers.mockReturnValue({ id: 7, branch_id: 1, code: 'K2', name: 'Kassa 2', lease_epoch: terminal.lease!.epoch });
  expect(whyNotSelling()).toBeNull();

  registers.mockReturnValue({ id: 7, branch_id: 1, code: 'K2', name: 'Kassa 2', lease_epoch: terminal.lease!.epoch + 1 });

  expect(whyNotSelling()).toBe('taken');
  registers.mockRestore();
});

test('a payment writes once: the sale itself, not the cart that it takes off the disk', async () => {
  scan(MILK);
  await cart.settled();
  const writes = vi.spyOn(IDBDatabase.prototype, 'transaction');

  await payExact(type(CARD));

  expect(writes.mock.calls.filter(([, mode]) => mode === 'readwrite').map(([stores]) => [...(stores as string[])].includes('sales'))).toEqual([true]);
  writes.mockRestore();
});

test('a line rung just before the payment is written with the sale alone, and no late write brings the cart back', async () => {
  scan(MILK, BREAD);
  const writes = vi.spyOn(IDBDatabase.prototype, 'transaction');

  const kept = await payExact(type(CARD));
  await cart.settled();

  expect(kept?.total_minor).toBe(365);
  expect(writes.mock.calls.filter(([, mode]) => mode === 'readwrite').length).toBe(1);
  expect(await keptCart()).toBeUndefined();
  writes.mockRestore();
});

test('a reload in mid-sale brings the cart back, without its tenders', async () => {
  scan(MILK, BREAD);
  tender(type(CARD), 100);
  await cart.settled();

  cart.forget();
  expect(cart.isEmpty).toBe(true);
  await cart.restore();

  expect([cart.now.lines.length, cart.now.tenders.length, cart.now.totals.total_minor]).toEqual([2, 0, 365]);
});
