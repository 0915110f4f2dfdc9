import { expect, test } from 'vitest';
import { sortKey } from '../../../src/core/order.ts';
import { Catalogue } from '../../../src/data/catalogue.ts';
import { codeNumber, Codes } from '../../../src/data/codes.ts';
import { pack } from '../../../src/data/columns.ts';
import type { Snapshot } from '../../../src/data/wire.ts';

/** Three items as the server sends them in its short forms. */
const SENT: Snapshot = {
  schema: 2,
  cursor: 9,
  items: {
    id: { steps: [3_000_000_001, 1, 5] },
    name: { text: 'Süd 1 l\nAlma\nÇay qara' },
    sku: { text: 'M1\nA1\nC1' },
    category_id: [3_000_000_090, null, 3_000_000_090],
    unit_id: { same: 4 },
    tax_class_id: { same: 5 },
    is_weighed: [0, 1, 0],
    plu: [null, 42, null],
    quick_position: { same: null },
    by_name: [1, 2, 0],
  },
  barcodes: { code: { text: '4760000000017\n0012345678905\nEV-77' }, item_id: { steps: [3_000_000_001, 1, 5] }, quantity_milli: { same: 1_000 } },
  prices: {
    id: { steps: [31, 1, 1] },
    item_id: { steps: [3_000_000_002, 5, -6] },
    list_id: { same: 1 },
    branch_id: { same: null },
    amount_minor: [210, 480, 245],
    kind: { same: 'regular' },
    from_at: [10, 10, 10],
    until_at: { same: null },
  },
  categories: [],
  units: [],
  tax_classes: [],
  label_templates: [],
};

const catalogue = async () => new Catalogue(await pack(SENT));

test('each short form of a column is read', async () => {
  const found = await catalogue();

  expect(found.item(3_000_000_002)).toMatchObject({ name: 'Alma', sku: 'A1', category_id: null, unit_id: 4, is_weighed: true, plu: 42, quick_position: null });
  expect(found.item(3_000_000_007)).toMatchObject({ name: 'Çay qara', category_id: 3_000_000_090, is_weighed: false, plu: null });
  expect(found.idsOf(null)).toEqual([3_000_000_002, 3_000_000_007, 3_000_000_001]);
});

test('prices that came in another order than their items are found', async () => {
  const found = await catalogue();

  expect([1, 2, 7].map((last) => found.price(3_000_000_000 + last, 20, null)?.amount_minor)).toEqual([245, 210, 480]);
  found.apply([{ kind: 'price', op: 'drop', id: 33, row: null }]);
  expect(found.price(3_000_000_001, 20, null)).toBeNull();
});

test('names are folded for the search as the server folds them', async () => {
  const found = await catalogue();

  expect(found.search('cay').map((item) => item.name)).toEqual(['Çay qara']);
  expect(found.search('c1').map((item) => item.name)).toEqual(['Çay qara']);
});

test('codes with leading zeros and codes of letters are codes of their own', async () => {
  const found = await catalogue();

  expect(found.byBarcode('0012345678905')?.item.name).toBe('Alma');
  expect(found.byBarcode('12345678905')).toBeNull();
  expect(found.byBarcode('EV-77')?.item.name).toBe('Çay qara');
});

test('a single item whose columns are all one value is an item', async () => {
  const one = structuredClone(SENT);
  Object.assign(one.items, { id: { steps: [7] }, name: { same: 'Alma' }, sku: { same: 'A1' }, category_id: { same: null }, is_weighed: { same: 0 }, plu: { same: 42 }, by_name: [0] });
  Object.assign(one.barcodes, { code: { same: 'EV-77' }, item_id: { steps: [7] } });
  Object.assign(one.prices, { id: { steps: [8] }, item_id: { steps: [7] }, amount_minor: { same: 99 }, from_at: { same: 1 } });
  const found = new Catalogue(await pack(one));

  expect(found.byBarcode('EV-77')?.item).toMatchObject({ id: 7, name: 'Alma', plu: 42 });
  expect(found.price(7, 2, null)?.amount_minor).toBe(99);
});

test('a list holds as many items as one scrolls through, also with those that changed since', async () => {
  const many = structuredClone(SENT);
  const count = 6_000;
  const names = Array.from({ length: count }, (_, at) => `Alma ${String(at).padStart(4, '0')}`);
  Object.assign(many.items, { id: { steps: Array.from({ length: count }, () => 1) }, name: { text: names.join('\n') }, sku: { text: names.join('\n') }, by_name: names.map((_, at) => at) });
  for (const name of ['category_id', 'is_weighed', 'plu'] as const) many.items[name] = { same: null };
  const found = new Catalogue(await pack(many));
  expect(found.idsOf(null)).toEqual(Array.from({ length: 5_000 }, (_, at) => at + 1));

  const row = { ...found.item(5_999)!, name: 'Alma', search_key: 'alma', sort_key: sortKey('Alma'), barcodes: [] };
  found.apply([{ kind: 'item', op: 'put', id: row.id, row }]);
  expect(found.idsOf(null).slice(0, 2)).toEqual([5_999, 1]);
  expect(found.idsOf(null)).toHaveLength(5_000);
});

test('every one of many codes is found, and no other', () => {
  const codes = Array.from({ length: 20_000 }, (_, at) => String(4_760_000_000_000 + at * 7_919));
  const table = new Codes(codes.map(codeNumber), []);

  expect(codes.every((code, at) => table.find(code) === at)).toBe(true);
  expect(codes.some((code) => table.find(String(Number(code) + 1)) >= 0)).toBe(false);
});
