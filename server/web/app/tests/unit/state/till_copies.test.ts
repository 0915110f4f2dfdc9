import './browser.ts';
import { beforeEach, expect, test, vi } from 'vitest';
import { type KeptSale, read } from '../../../src/data/db.ts';
import { applyAnswer } from '../../../src/data/outbox.ts';
import { shop } from '../../../src/state/shop.svelte.ts';
import { reprint } from '../../../src/state/till_copies.svelte.ts';
import { payExact } from '../../../src/state/till_sale.svelte.ts';
import { CARD, MILK, openTill, operations, scan } from './shop.ts';

let sale: KeptSale;

beforeEach(async () => {
  await openTill();
  scan(MILK);
  sale = (await payExact(shop.tenderTypes.find(({ id }) => id === CARD)!))!;
});

/** The server has everything that waited. */
async function send(): Promise<void> {
  const waiting = await read((db) => db.getAllFromIndex('outbox', 'unsent'));
  await applyAnswer({ results: waiting.map(({ id }) => ({ id, verdict: 'accepted', flags: [], error: null })), next_seq: 99, cursor: 1, generation: 1 });
}

const copies = () => operations('receipt_copy');

test('a retry that is pressed while the first paper still waits for the network makes no second one', async () => {
  expect(await reprint(sale)).toBe('waits');

  await send();
  expect(await reprint(sale)).toBe('asked');
  expect(await reprint(sale)).toBe('waits');
  expect(await reprint(sale)).toBe('waits');

  expect(await copies()).toHaveLength(1);
});

test('a copy that was sent may be followed by another', async () => {
  await send();
  await reprint(sale);
  await send();

  expect(await reprint(sale)).toBe('asked');
  expect(await copies()).toHaveLength(2);
});

test('a receipt that has waited so long that it will not print by itself may be asked for', async () => {
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 600_000);

  expect(await reprint(sale)).toBe('asked');
  clock.mockRestore();
});
