import './browser.ts';
import { beforeEach, expect, test } from 'vitest';
import type { SaleBody } from '../../../src/core/sale.ts';
import { cart } from '../../../src/state/cart.svelte.ts';
import { shop } from '../../../src/state/shop.svelte.ts';
import { discountBy } from '../../../src/state/till_edit.svelte.ts';
import { answered, type SaleAnswer } from '../../../src/state/till_answers.ts';
import { beginReturn, returnableOf, worthOf } from '../../../src/state/till_returns.svelte.ts';
import { offeredTenders, payExact } from '../../../src/state/till_sale.svelte.ts';
import { BREAD, CARD, CASH, MANAGER, MILK, openTill, scan } from './shop.ts';

beforeEach(() => openTill(MANAGER));

const type = (id: number) => shop.tenderTypes.find((row) => row.id === id)!;

/** Three milks and a bread with 5 % off the whole sale, paid by card. */
async function sold() {
  scan(MILK, MILK, MILK, BREAD);
  await discountBy(null, { kind: 'percent', value: 500 });
  return (await payExact(type(CARD)))!;
}

async function takeBack(asked: string, position: number, quantity_milli: number) {
  beginReturn((await returnableOf(asked))!, new Map([[position, quantity_milli]]), MANAGER);
  return (await payExact(type(CASH)))!;
}

test('a receipt is found by its id and by its number', async () => {
  const sale = await sold();

  expect((await returnableOf(sale.id))?.number).toBe(sale.number);
  expect((await returnableOf(` ${sale.number.toLowerCase()} `))?.sale_id).toBe(sale.id);
  expect(await returnableOf('K2-999999')).toBeNull();
});

test('parts that come back add up to exactly what was paid', async () => {
  const sale = await sold();

  const parts = [];
  for (let piece = 0; piece < 3; piece++) parts.push((await takeBack(sale.id, 1, 1_000)).total_minor);
  parts.push((await takeBack(sale.id, 2, 1_000)).total_minor);

  expect(parts.reduce((sum, part) => sum + part, 0)).toBe(-sale.total_minor);
});

test('what came back is no longer left, and a return is no sale that could come back', async () => {
  const sale = await sold();
  const back = await takeBack(sale.id, 1, 2_000);

  const left = (await returnableOf(sale.id))!;
  expect(left.lines.map(({ left_milli }) => left_milli)).toEqual([1_000, 1_000]);
  expect(worthOf(left.lines[0], 1_000)).toBe(233);
  expect((await returnableOf(back.id))?.lines).toEqual([]);
});

test('a return names its sale, its positions and who allowed it, with negative quantities and tenders', async () => {
  const sale = await sold();

  const body = (await takeBack(sale.id, 2, 1_000)).body as SaleBody;

  expect(body).toMatchObject({ returns_sale_id: sale.id, approved_by: MANAGER });
  expect(body.lines).toMatchObject([{ returns_position: 2, quantity_milli: -1_000 }]);
  expect(body.tenders).toMatchObject([{ amount_minor: body.total_minor, given_minor: body.total_minor, change_minor: 0 }]);
});

test('money goes back in cash or the way it came', async () => {
  scan(MILK);
  const sale = (await payExact(type(CASH)))!;

  beginReturn((await returnableOf(sale.id))!, new Map([[1, 1_000]]), MANAGER);

  expect(offeredTenders(cart.now.totals.total_minor).map(({ id }) => id)).toEqual([CASH]);
});

test('goods may be taken in exchange: the customer pays or gets the difference', async () => {
  scan(BREAD);
  const sale = (await payExact(type(CASH)))!;
  beginReturn((await returnableOf(sale.id))!, new Map([[1, 1_000]]), MANAGER);

  scan(MILK);
  const exchange = (await payExact(type(CASH)))!;

  expect(exchange.total_minor).toBe(245 - 120);
  expect((exchange.body as SaleBody).lines.map(({ quantity_milli }) => quantity_milli)).toEqual([-1_000, 1_000]);
});

test('the word of the server on what other tills took back counts', () => {
  const nothing = { gross_minor: 0, discount_minor: 0, share_minor: 0, total_minor: 0, tax_minor: 0 };
  const line = { ...nothing, position: 1, item_id: 101, name: 'Süd', unit: 'pcs', unit_price_minor: 245, price_id: 201, tax_rate_id: 71, rate_bp: 1_800, note: null };
  const answer: SaleAnswer = {
    id: 's', number: 'K1-000001', rung_at: '2026-11-24T09:00:00Z', total_minor: 490, tenders: [],
    line_rows: [{ ...line, quantity_milli: 2_000, gross_minor: 490, total_minor: 490, tax_minor: 75, returned_milli: 1_000, returned: { ...nothing, gross_minor: 245, total_minor: 245, tax_minor: 37 } }],
  };

  const [left] = answered(answer, []).lines;

  expect([left.left_milli, worthOf(left, 1_000)]).toEqual([1_000, 245]);
});
