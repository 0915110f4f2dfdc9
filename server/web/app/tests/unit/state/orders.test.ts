import './browser.ts';
import { beforeEach, expect, test } from 'vitest';
import { derived } from '../../../src/core/uuid7.ts';
import { record } from '../../../src/data/record.ts';
import { cart } from '../../../src/state/cart.svelte.ts';
import { dropOrder, hold, letGo, orders, resume } from '../../../src/state/orders.svelte.ts';
import { shop } from '../../../src/state/shop.svelte.ts';
import { discountBy, removeLine, setNote, setQuantity } from '../../../src/state/till_edit.svelte.ts';
import { payExact } from '../../../src/state/till_sale.svelte.ts';
import { bodyOf, BREAD, CASHIER, keptCart, MILK, openTill, operations, rowsOfOrder, scan } from './shop.ts';

beforeEach(() => openTill());

const cash = () => shop.tenderTypes[0];

test('a held sale comes back as it was: lines, prices, discounts and notes', async () => {
  scan(MILK, MILK, BREAD);
  await discountBy(cart.now.lines[0].id, { kind: 'percent', value: 500 });
  setNote(cart.now.lines[1].id, 'isti');
  setNote(null, 'çatdırılma');
  const before = cart.now.totals;

  await hold('Qırmızı çanta');
  expect([cart.isEmpty, await keptCart(), orders.held.map(({ order }) => order.name)]).toEqual([true, undefined, ['Qırmızı çanta']]);
  resume(orders.held[0]);

  expect(cart.now.totals).toEqual(before);
  expect(cart.now.lines.map((line) => [line.name, line.quantity_milli, line.note, line.priced_at > 0])).toEqual([['Süd 1 l', 2_000, '', true], ['Tandır çörəyi', 1_000, 'isti', true]]);
  expect(cart.now.note).toBe('çatdırılma');
  expect(orders.held).toEqual([]);
});

test('paying a resumed sale closes the order, by ids that the server makes as well', async () => {
  scan(MILK, BREAD);
  await hold('a');
  resume(orders.held[0]);
  const order_id = cart.now.order_id!;

  const kept = (await payExact(cash()))!;
  await orders.load();

  const paid = (await rowsOfOrder(order_id)).filter((row) => row.kind === 'order_line_pay');
  expect(paid.map(({ id }) => id).sort()).toEqual([await derived(kept.id, '1'), await derived(kept.id, '2')].sort());
  expect(orders.held).toEqual([]);
  expect((await operations()).filter(({ kind }) => kind === 'order_line_pay')).toEqual([]);
});

test('what was taken out of a resumed sale before it was paid is voided, not left behind', async () => {
  scan(MILK, MILK, BREAD);
  await hold('a');
  resume(orders.held[0]);
  setQuantity(cart.now.lines[0].id, 1_000);
  removeLine(cart.now.lines[1].id);

  await payExact(cash());
  await orders.load();

  expect((await operations('order_line_void')).map((operation) => bodyOf(operation).quantity_milli).sort()).toEqual([1_000, 1_000]);
  expect(orders.held).toEqual([]);
});

test('more of a resumed line is a line of its own, so that nothing is paid twice', async () => {
  scan(MILK);
  await hold('a');
  resume(orders.held[0]);

  setQuantity(cart.now.lines[0].id, 3_000);

  expect(cart.now.lines.map((line) => [line.quantity_milli, line.origin_id !== null])).toEqual([[1_000, true], [2_000, false]]);
});

test('a line that another till added meanwhile stays open', async () => {
  scan(MILK);
  await hold('a');
  const { id, order } = orders.held[0];
  resume(orders.held[0]);
  const head = { branch_id: order.branch_id, kind: order.kind, name: order.name };
  const added = { line_id: '01a20f4b-0000-7000-8000-0000000000aa', quantity_milli: 1_000, unit_price_minor: 120, name: 'Tandır çörəyi', priced_at: '2026-11-24T09:00:00Z' };
  await record((book) => {
    const { id: operation, hlc } = book.operation('order_line_add', {}, { person_id: CASHIER, shift_id: null });
    book.put('orders', { id: operation, order_id: id, kind: 'order_line_add', hlc, person_id: CASHIER, body: { head, ...added } });
  });

  await payExact(cash());
  await orders.load();

  expect(orders.held.map((held) => held.order.lines.filter((line) => line.left_milli > 0).map((line) => line.line_id))).toEqual([[added.line_id]]);
});

test('holding a resumed sale again keeps it one order and adds only what is new', async () => {
  scan(MILK);
  await hold('a');
  resume(orders.held[0]);
  const order_id = cart.now.order_id;
  scan(BREAD);

  await hold('b');

  expect(orders.held.map(({ id, order }) => [id, order.name, order.lines.length])).toEqual([[order_id, 'b', 2]]);
  expect(await operations('order_line_add')).toHaveLength(2);
});

test('a resumed sale that is let go, or one that is dropped with a reason', async () => {
  scan(MILK);
  await hold('a');
  resume(orders.held[0]);

  await letGo();
  expect([cart.isEmpty, orders.held.length]).toEqual([true, 1]);
  await dropOrder(orders.held[0], 'müştəri gəlmədi');

  expect(orders.held).toEqual([]);
  expect((await operations('till_event')).map((operation) => bodyOf(operation).kind)).toEqual(['order_dropped']);
});
