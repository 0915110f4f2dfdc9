import './browser.ts';
import { beforeEach, expect, test } from 'vitest';
import { cart } from '../../../src/state/cart.svelte.ts';
import { closedShifts, closeShift, moveCash, openDrawer, openShift, shift } from '../../../src/state/shift.svelte.ts';
import { localReport } from '../../../src/state/shift_report.ts';
import { sumsOf } from '../../../src/state/shift_sums.ts';
import { shop } from '../../../src/state/shop.svelte.ts';
import { beginReturn, returnableOf } from '../../../src/state/till_returns.svelte.ts';
import { complete, payExact, tender } from '../../../src/state/till_sale.svelte.ts';
import { bodyOf, BREAD, CARD, CASH, CASHIER, MANAGER, MILK, openTill, operations, REGISTER, scan } from './shop.ts';

beforeEach(() => openTill());

const type = (id: number) => shop.tenderTypes.find((row) => row.id === id)!;
const SAFE = { id: 92, name: 'Seyf' };

/** Cash 2.45 of 10.00, card 1.20, one milk taken back in cash, 20.00 to the safe, 5.00 in. */
async function aDay(): Promise<void> {
  scan(MILK);
  tender(type(CASH), 1_000);
  const sold = (await complete())!;
  scan(BREAD);
  await payExact(type(CARD));
  beginReturn((await returnableOf(sold.id))!, new Map([[1, 1_000]]), MANAGER);
  await payExact(type(CASH));
  await moveCash({ direction: 'out', amount_minor: 2_000, other: SAFE, drawer_id: 91, reason: 'seyfə', approved_by: null });
  await moveCash({ direction: 'in', amount_minor: 500, other: SAFE, drawer_id: 91, reason: 'xırda pul', approved_by: null });
}

test('a shift opens with its number and its business day', async () => {
  const [operation] = await operations('shift_open');

  expect(operation).toMatchObject({ id: shift.open!.id, shift_id: shift.open!.id, person_id: CASHIER });
  expect(bodyOf(operation)).toMatchObject({ register_id: REGISTER, number: 3, float_minor: 5_000, business_day: shift.open!.business_day });
});

test('expected cash is the float and what went in and out', async () => {
  await aDay();

  expect(await sumsOf(shift.open!)).toEqual({ count: 3, total_minor: 120, cash_sales_minor: 0, in_minor: 500, out_minor: 2_000, expected_minor: 3_500 });
});

test('a cash move names its holders in the direction of the money', async () => {
  await aDay();

  const [out, back] = (await operations('cash_move')).map((operation) => bodyOf(operation));
  expect([out.from_holder_id, out.to_holder_id, back.from_holder_id, back.to_holder_id]).toEqual([91, 92, 92, 91]);
});

test('closing takes the Z number, keeps the count and lets the next shift open', async () => {
  await aDay();
  const before = shift.open!.id;

  const closed = await closeShift(3_400, 'qəpik çatmadı', null);

  expect(closed.close).toMatchObject({ z_number: 'K2-000003', counted_minor: 3_400, expected_minor: 3_500 });
  const [operation] = await operations('shift_close');
  expect(operation).toMatchObject({ shift_id: before, id: closed.close!.z_id });
  expect(bodyOf(operation)).toMatchObject({ z_number: 3, counted_minor: 3_400, reason: 'qəpik çatmadı', count: 3, total_minor: 120 });
  expect([shift.open, (await closedShifts()).map(({ id }) => id)]).toEqual([null, [before]]);
  expect((await openShift(3_400, null)).number).toBe('K2-000004');
});

test('the Z on the screen tells sales, returns, taxes, tenders and the drawer', async () => {
  await aDay();
  const closed = await closeShift(3_500, '', null);

  const { report, isFull } = await localReport(closed, 'AZN');

  expect(isFull).toBe(false);
  expect(report).toMatchObject({
    z_number: 'K2-000003', net_minor: 120, sales: { count: 2, total_minor: 365 }, returns: { count: 1, gross_minor: 245, total_minor: 245 },
    drawer: { float_minor: 5_000, expected_minor: 3_500, counted_minor: 3_500, difference_minor: 0 },
  });
  expect(report.taxes.map(({ base_minor, tax_minor }) => base_minor + tax_minor)).toEqual([0, 120]);
  expect(report.tenders.map(({ name, count, amount_minor }) => [name, count, amount_minor])).toEqual([['Nağd', 2, 0], ['Kart', 1, 120]]);
});

test('the drawer opens with a reason, and the till remembers who and why', async () => {
  await openDrawer('xırdalamaq', MANAGER);

  expect(bodyOf((await operations('drawer_open'))[0])).toEqual({ reason: 'xırdalamaq', approved_by: MANAGER });
  expect(bodyOf((await operations('till_event'))[0])).toMatchObject({ kind: 'drawer_opened', approved_by: MANAGER });
});

test('a shift is found again after a reload, and one older than a day asks to be closed', async () => {
  const open = shift.open!;
  shift.open = null;

  await shift.load();
  expect(shift.open).toMatchObject({ id: open.id });
  shift.open = { ...open, opened_at: Date.now() - 25 * 3_600_000 };

  expect(shift.isOld).toBe(true);
  expect(cart.isEmpty).toBe(true);
});
