import './browser.ts';
import { beforeEach, expect, test } from 'vitest';
import { cart } from '../../../src/state/cart.svelte.ts';
import { orders } from '../../../src/state/orders.svelte.ts';
import { till } from '../../../src/state/till.svelte.ts';
import { cancelSale, discountBy, priceByHand, removeLine, setQuantity, step } from '../../../src/state/till_edit.svelte.ts';
import { bodyOf, BREAD, MANAGER, MILK, openTill, operations, scan } from './shop.ts';

beforeEach(() => openTill());

const line = () => cart.now.lines[0];
const events = async () => (await operations('till_event')).map((operation) => bodyOf(operation));

test('a discount within the cap is given at once, and noted', async () => {
  scan(MILK);

  expect(await discountBy(line().id, { kind: 'percent', value: 500 })).toBe(true);

  expect(cart.now.totals).toMatchObject({ discount_minor: 12, total_minor: 233 });
  expect(await events()).toMatchObject([{ kind: 'discount_by_hand', detail: { amount_minor: 12 }, approved_by: null }]);
});

test('one above it waits for another and names them; refused, nothing happens', async () => {
  scan(MILK);

  const refused = discountBy(line().id, { kind: 'percent', value: 2_000 });
  expect(till.approval?.wanted).toMatchObject({ right: 'sale.discount_line', bp: 2_000, minor: 49 });
  till.approval!.answer(null);
  expect([await refused, cart.now.totals.discount_minor]).toEqual([false, 0]);

  const given = discountBy(line().id, { kind: 'percent', value: 2_000 });
  till.approval!.answer({ by: MANAGER });
  expect(await given).toBe(true);
  expect(line().discounts).toMatchObject([{ value: 2_000, approved_by: MANAGER }]);
  expect(await events()).toMatchObject([{ approved_by: MANAGER }]);
});

test('an amount is measured against its base like a percentage', async () => {
  scan(MILK);

  void discountBy(null, { kind: 'amount', value: 100 });

  expect(till.approval?.wanted).toMatchObject({ right: 'sale.discount_sale', minor: 100 });
});

test('a price by hand keeps the one of the list beside it', async () => {
  scan(MILK);

  const set = priceByHand(line().id, 200);
  till.approval!.answer({ by: MANAGER });
  await set;

  expect(line()).toMatchObject({ unit_price_minor: 200, list_price_minor: 245, approved_by: MANAGER });
  expect(await events()).toMatchObject([{ kind: 'price_by_hand', detail: { from_minor: 245, to_minor: 200 } }]);
});

test('a line taken out comes back by undo, and both are honest', async () => {
  scan(MILK, BREAD);

  removeLine(line().id);
  expect(cart.now.lines).toHaveLength(1);
  cart.undo();

  expect(cart.now.lines).toHaveLength(2);
  expect(await events()).toMatchObject([{ kind: 'line_removed', detail: { name: 'Süd 1 l', quantity_milli: 1_000 } }]);
});

test('a quantity that is lowered is noted, one that is raised is not', async () => {
  scan(MILK);

  step(line().id, 1);
  setQuantity(line().id, 5_000);
  step(line().id, -1);

  expect(line().quantity_milli).toBe(4_000);
  expect((await events()).map(({ kind }) => kind)).toEqual(['quantity_lowered']);
});

test('the last piece less takes the line out', async () => {
  scan(MILK);

  step(line().id, -1);

  expect(cart.isEmpty).toBe(true);
  expect((await events()).map(({ kind }) => kind)).toEqual(['line_removed']);
});

test('a cancelled sale leaves an event and an empty cart', async () => {
  scan(MILK, BREAD);

  await cancelSale();

  expect([cart.isEmpty, orders.held.length]).toEqual([true, 0]);
  expect(await events()).toMatchObject([{ kind: 'cart_cancelled', detail: { lines: 2, total_minor: 365 } }]);
});
