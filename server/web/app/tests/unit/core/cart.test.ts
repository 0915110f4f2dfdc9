import { describe, expect, test } from 'vitest';
import * as cart from '../../../src/core/cart.ts';
import type { Cart, CartDiscount, CartLine } from '../../../src/core/cart.ts';
import { saleBody } from '../../../src/core/sale.ts';
import { dice } from './histories.ts';

const LINE: CartLine = {
  id: 'a', item_id: 1, name: 'Süd', barcode: '4006381333931', unit: 'pcs', quantity_milli: 1_000, unit_price_minor: 245, list_price_minor: null,
  price_id: 9, priced_at: 1_795_550_220_500, tax_rate_id: 1, rate_bp: 1_800, discounts: [], label_minor: null, weight_from: 'none', note: '',
  origin_id: null, returns: null, approved_by: null,
};
const line = (id: string, fields: Partial<CartLine> = {}): CartLine => ({ ...LINE, id, ...fields });
const percent = (value: number): CartDiscount => ({ id: `d${value}`, kind: 'percent', value, approved_by: null });
const filled = (...lines: CartLine[]): Cart => lines.reduce(cart.addLine, cart.EMPTY);
const BACK = { position: 3, amounts: { gross_minor: -245, discount_minor: -12, share_minor: 0, total_minor: -233, tax_minor: -36 } };
const CASH = { id: 't1', tender_type_id: 1, kind: 'cash', reference: '' };
const CARD = { id: 't2', tender_type_id: 2, kind: 'card', reference: 'A1' };

describe('lines', () => {
  test('the same item again raises its quantity and is selected', () => {
    const after = filled(line('a'), line('b', { item_id: 2 }), line('c'));
    expect(after.lines.map(({ id, quantity_milli }) => [id, quantity_milli])).toEqual([['a', 2_000], ['b', 1_000]]);
    expect(after.selected).toBe('a');
    expect(after.totals).toMatchObject({ total_minor: 735, pieces: 3, tax_minor: 112 });
  });

  test.each([
    ['another price', { unit_price_minor: 200 }],
    ['a weight', { weight_from: 'scale' as const, quantity_milli: 1_235 }],
    ['a note', { note: 'soyuq' }],
    ['a discount', { discounts: [percent(500)] }],
    ['a line of a held sale', { origin_id: 'x' }],
    ['an open item', { item_id: null }],
    ['a return', { returns: BACK, quantity_milli: -1_000 }],
  ])('%s is a line of its own', (_, fields) => {
    expect(filled(line('a'), line('b', fields)).lines.length).toBe(2);
    expect(filled(line('b', fields), line('a')).lines.length).toBe(2);
  });

  test('a quantity of nothing removes the line, and one beyond the limit changes nothing', () => {
    const one = filled(line('a'));
    expect(cart.isEmpty(cart.setQuantity(one, 'a', 0))).toBe(true);
    expect(cart.setQuantity(one, 'a', cart.MAX_QUANTITY_MILLI + 1)).toBe(one);
    expect(cart.setQuantity(one, 'nobody', 5)).toBe(one);
    const label = filled(line('a', { quantity_milli: 41, unit_price_minor: 2_990, label_minor: 124, weight_from: 'label' }));
    expect([label.totals.total_minor, cart.setQuantity(label, 'a', 82).totals.total_minor]).toEqual([124, 245]);
    expect(cart.setQuantity(filled(line('a', { returns: BACK })), 'a', 5_000).lines[0].quantity_milli).toBe(1_000);
  });

  test('a full cart takes no more lines', () => {
    let full = cart.EMPTY;
    for (let i = 0; i < cart.MAX_LINES; i++) full = cart.addLine(full, line(`l${i}`, { item_id: i + 10 }));
    expect(cart.addLine(full, line('more'))).toBe(full);
  });

  test('selection moves, stops at the ends, and survives a removal', () => {
    const three = filled(line('a'), line('b', { item_id: 2 }), line('c', { item_id: 3 }));
    expect(cart.moveSelection(three, 1).selected).toBe('c');
    expect(cart.moveSelection(three, -1).selected).toBe('b');
    expect(cart.moveSelection(cart.select(three, null), 1).selected).toBe('a');
    expect(cart.moveSelection(cart.EMPTY, 1)).toBe(cart.EMPTY);
    expect(cart.removeLine(three, 'c').selected).toBe('b');
    expect(cart.removeLine(three, 'a').selected).toBe('c');
    expect(cart.removeLine(three, 'nobody')).toBe(three);
    expect(cart.removeLine(filled(line('a')), 'a')).toMatchObject({ selected: null, totals: { total_minor: 0, pieces: 0 } });
  });

  test('a price by hand remembers the price of the list', () => {
    const changed = cart.setPrice(cart.setPrice(filled(line('a')), 'a', 200, 7), 'a', 190, 7);
    expect(changed.lines[0]).toMatchObject({ unit_price_minor: 190, list_price_minor: 245, approved_by: 7 });
    expect(cart.setPrice(changed, 'nobody', 5, null)).toBe(changed);
  });

  test('notes stand on the line or on the sale', () => {
    const noted = cart.setNote(cart.setNote(filled(line('a')), 'a', 'soyuq'), null, 'zənbil');
    expect([noted.lines[0].note, noted.note]).toEqual(['soyuq', 'zənbil']);
  });
});

describe('discounts', () => {
  test('are taken from the line, or from the sale after its lines', () => {
    const one = cart.setDiscounts(filled(line('a', { unit_price_minor: 230 }), line('b', { item_id: 2, unit_price_minor: 100 })), 'a', [percent(500)]);
    expect(one.totals).toMatchObject({ gross_minor: 330, discount_minor: 12, total_minor: 318 });
    expect(cart.discountBase(one, 'a')).toBe(230);
    expect(cart.discountBase(one, null)).toBe(318);
    expect(cart.discountAmount(one, null, percent(1_000))).toBe(32);
    const both = cart.setDiscounts(one, null, [percent(1_000)]);
    expect(both.totals).toMatchObject({ discount_minor: 44, total_minor: 286 });
    expect(cart.setDiscounts(both, null, []).totals).toEqual(one.totals);
  });
});

describe('totals', () => {
  test('kept by difference are those of the whole sale, whatever was done', () => {
    for (let seed = 1; seed <= 150; seed++) {
      const roll = dice(seed);
      let now = cart.EMPTY;
      for (let step = 0; step < 25; step++) now = deed(now, roll, step);
      const { gross_minor, discount_minor, tax_minor, total_minor } = cart.pricedCart(now);
      expect(now.totals, `seed ${seed}`).toMatchObject({ gross_minor, discount_minor, tax_minor, total_minor });
    }
  });

  function deed(now: Cart, roll: (sides: number) => number, step: number): Cart {
    const id = now.lines[roll(Math.max(1, now.lines.length))]?.id ?? 'none';
    const choice = roll(10);
    if (choice < 5) return cart.addLine(now, some(roll, step));
    if (choice === 5) return cart.removeLine(now, id);
    if (choice === 6) return cart.setQuantity(now, id, roll(5_000));
    if (choice === 7) return cart.setDiscounts(now, id, [percent(roll(10_000))]);
    if (choice === 8) return cart.setDiscounts(now, null, roll(2) ? [percent(roll(10_000))] : []);
    return cart.setPrice(now, id, roll(3_000), null);
  }

  function some(roll: (sides: number) => number, step: number): CartLine {
    const rate = roll(3);
    const fields = { item_id: roll(4), tax_rate_id: rate, rate_bp: [0, 800, 1_800][rate], unit_price_minor: roll(2_000), quantity_milli: (1 + roll(3)) * 1_000 };
    return line(`s${step}`, roll(8) ? fields : { ...fields, quantity_milli: -1_000, returns: BACK });
  }
});

describe('tenders', () => {
  const fifteen = filled(line('a', { unit_price_minor: 2_000 }));

  test('20.00 cash given for 15.00 and the rest by card: 5.00 change', () => {
    const byCard = cart.addTender(fifteen, CARD, 500);
    const paid = cart.addTender(byCard, CASH, 2_000);
    expect(paid.tenders.map(({ amount_minor, given_minor, change_minor }) => [amount_minor, given_minor, change_minor])).toEqual([[500, 500, 0], [1_500, 2_000, 500]]);
    expect([cart.isPaid(byCard), cart.dueOf(byCard), cart.isPaid(paid), cart.changeDue(paid)]).toEqual([false, 1_500, true, 500]);
  });

  test('a card never gives change, and what is paid takes no more', () => {
    const paid = cart.addTender(fifteen, CARD, 9_999);
    expect(paid.tenders[0]).toMatchObject({ amount_minor: 2_000, given_minor: 2_000, change_minor: 0 });
    expect(cart.addTender(paid, CASH, 100)).toBe(paid);
    expect(cart.dueOf(cart.removeTender(paid, 't2'))).toBe(2_000);
    expect(cart.dueOf(cart.clearTenders(paid))).toBe(2_000);
  });

  test('money that goes back is a negative tender without change', () => {
    const back = filled(line('a', { returns: BACK, quantity_milli: -1_000 }));
    const paid = cart.addTender(back, CASH, 9_999);
    expect(paid.tenders[0]).toMatchObject({ amount_minor: -233, given_minor: -233, change_minor: 0 });
    expect(cart.isPaid(paid)).toBe(true);
  });

  test('a sale of nothing needs no tender, an empty cart is no sale', () => {
    expect(cart.isPaid(filled(line('a', { unit_price_minor: 0 })))).toBe(true);
    expect(cart.isPaid(cart.EMPTY)).toBe(false);
  });
});

test('undo keeps the last states only', () => {
  let past: readonly Cart[] = [];
  for (let i = 0; i < cart.MAX_UNDO + 5; i++) past = cart.remember(past, { ...cart.EMPTY, note: String(i) });
  expect([past.length, past.at(-1)!.note, past[0].note]).toEqual([cart.MAX_UNDO, '54', '5']);
});

test('a paid cart becomes the body of a sale', () => {
  const held = filled(line('a', { unit_price_minor: 230, quantity_milli: 2_000, discounts: [percent(500)] }), line('b', { item_id: 2, origin_id: 'o1', returns: BACK, quantity_milli: -1_000 }));
  const paid = cart.addTender(cart.setDiscounts(held, null, [percent(1_000)]), CASH, 500);
  const head = { number: 'K2-000042', series: 'K2', counter: 42, lease_id: 'lease', register_id: 5, business_day: '2026-11-24', catalogue_cursor: 99, approved_by: null, print: true };

  const body = saleBody(paid, head);

  expect(body).toMatchObject({ ...head, total_minor: 160, tenders: [{ amount_minor: 160, given_minor: 500, change_minor: 340 }] });
  expect(body.lines.map((one) => [one.position, one.discount_minor, one.share_minor, one.total_minor, one.origin_id, one.returns_position])).toEqual([
    [1, 23, 44, 393, null, null],
    [2, -12, 0, -233, 'o1', 3],
  ]);
  expect(body.lines[0].priced_at).toBe('2026-11-24T19:57:00.500Z');
  expect(body.discounts.map(({ position, value, amount_minor }) => [position, value, amount_minor])).toEqual([[1, 500, 23], [null, 1_000, 44]]);
  expect(body.taxes).toEqual([{ tax_rate_id: 1, base_minor: 136, tax_minor: 24 }]);
});
