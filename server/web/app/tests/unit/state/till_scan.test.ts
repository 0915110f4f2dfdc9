import './browser.ts';
import { beforeEach, expect, test } from 'vitest';
import { receiptCode, withCheckDigit } from '../../../src/core/barcode.ts';
import { learnServerTime } from '../../../src/data/server_clock.ts';
import { shop } from '../../../src/state/shop.svelte.ts';
import { cart } from '../../../src/state/cart.svelte.ts';
import { till } from '../../../src/state/till.svelte.ts';
import { isReceiptNumber, meaningOf, ring, ringItem, ringWeighed } from '../../../src/state/till_scan.svelte.ts';
import { APPLE, APPLE_PLU, BREAD, MILK, MILK_BOX, openTill, scan } from './shop.ts';

beforeEach(() => openTill());

const label = (prefix: string, value: number) => withCheckDigit(`${prefix}${APPLE_PLU}${String(value).padStart(5, '0')}`);

test('a second scan of a piece raises its line, a scan of its box adds six', () => {
  scan(MILK, MILK, BREAD, MILK_BOX);

  expect(cart.now.lines.map((line) => [line.name, line.quantity_milli])).toEqual([['Süd 1 l', 8_000], ['Tandır çörəyi', 1_000]]);
  expect(cart.now.totals).toMatchObject({ total_minor: 8 * 245 + 120, pieces: 9 });
});

test('bread is exempt: its price holds no tax', () => {
  scan(BREAD);

  expect(cart.now.totals).toMatchObject({ total_minor: 120, tax_minor: 0 });
});

test('a quantity typed before a scan counts for that scan only', () => {
  till.pending = 3_000;

  scan(MILK, BREAD);

  expect(cart.now.lines.map((line) => line.quantity_milli)).toEqual([3_000, 1_000]);
  expect(till.pending).toBeNull();
});

test('a label with a weight is a line of that weight, and never joins another', () => {
  scan(label('20', 750), label('20', 750));

  expect(cart.now.lines.map((line) => [line.item_id, line.quantity_milli, line.weight_from])).toEqual([[APPLE, 750, 'label'], [APPLE, 750, 'label']]);
});

test('a label with a price keeps the printed price', () => {
  scan(label('21', 1_234));

  expect(cart.now.totals.total_minor).toBe(1_234);
  expect(cart.now.lines[0].quantity_milli).toBe(5_876);
});

test('a code with a wrong check digit is refused, never guessed', () => {
  const wrong = MILK.slice(0, 12) + ((Number(MILK[12]) + 1) % 10);
  const wrongLabel = label('20', 750).slice(0, 12) + ((Number(label('20', 750)[12]) + 1) % 10);

  expect(meaningOf(wrong).kind).toBe('wrong_check_digit');
  expect(meaningOf(wrongLabel).kind).toBe('wrong_check_digit');
});

test('what nobody knows is unknown, with its code', () => {
  expect(meaningOf(withCheckDigit('476999999999'))).toEqual({ kind: 'unknown', code: withCheckDigit('476999999999') });
});

test('a GS1 code is read for its article, weight and count', () => {
  const counted = meaningOf(`]d201${MILK.padStart(14, '0')}3012`);

  expect(counted).toMatchObject({ kind: 'item', count: 12, found: { item: { id: 101 } } });
  ring(counted as Extract<typeof counted, { kind: 'item' }>);
  expect(cart.now.lines[0].quantity_milli).toBe(12_000);
});

test('the QR of a receipt and its number are told from goods', () => {
  const id = '01a20f4b-6d34-7001-b9f8-13de5a433ddc';

  expect(meaningOf(receiptCode(id))).toEqual({ kind: 'receipt', sale_id: id });
  expect(['K2-000014', 'k2.2-000001', MILK].map(isReceiptNumber)).toEqual([true, true, false]);
});

test('a weighed item waits for the scale, and enters with its weight', () => {
  const item = shop.catalogue.item(APPLE)!;

  ringItem(item);
  expect(till).toMatchObject({ sheet: 'weigh', weighing: { id: APPLE } });
  expect(cart.isEmpty).toBe(true);

  ringWeighed(item, 1_235, 'scale');
  expect(cart.now.totals.total_minor).toBe(259);
});

test('a price counts from when the shop says, on a tablet whose clock is an hour behind as well', () => {
  const HOUR_MS = 3_600_000;
  const changed_at = Date.now() + HOUR_MS - 1_000;
  const row = { id: 205, item_id: 102, list_id: 1, branch_id: null, amount_minor: 150, kind: 'regular', from_at: changed_at, until_at: null };
  shop.catalogue.apply([{ kind: 'price', op: 'put', id: 205, row }]);

  scan(BREAD);
  learnServerTime(String(Date.now() + HOUR_MS));
  scan(BREAD);
  learnServerTime(String(Date.now()));

  expect(cart.now.lines.map((line) => line.unit_price_minor)).toEqual([120, 150]);
  expect(Math.abs(cart.now.lines[1].priced_at - Date.now())).toBeLessThan(60_000);
});

test('an item without a price is said, not sold at nothing', () => {
  const code = withCheckDigit('476000000009');
  const row = { ...shop.catalogue.item(101)!, id: 104, name: 'Yeni mal', barcodes: [[code, 1_000]] };
  shop.catalogue.apply([{ kind: 'item', op: 'put', id: 104, row }]);
  const meaning = meaningOf(code);

  expect(meaning.kind === 'item' && ring(meaning)).toBe(false);
  expect([till.strip?.kind, cart.isEmpty]).toEqual(['no_price', true]);
});
