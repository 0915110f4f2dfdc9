import { expect, test } from 'vitest';
import { Catalogue } from '../../../src/data/catalogue.ts';
import { sortKey } from '../../../src/core/order.ts';
import { pack } from '../../../src/data/columns.ts';
import type { ItemRow, Price, Snapshot } from '../../../src/data/wire.ts';

const NOON = 1_800_000_000_000;

/** Milk (two barcodes, one for a pack of six), apples by weight, bread. */
function snapshot(): Snapshot {
  return {
    schema: 2,
    cursor: 40,
    items: {
      id: [1, 2, 3],
      name: ['Süd 1 l', 'Alma', 'Çörək'],
      sku: ['M1', 'A1', 'B1'],
      category_id: [10, 11, 10],
      unit_id: [20, 21, 20],
      tax_class_id: [30, 30, 31],
      is_weighed: [false, true, false],
      plu: [null, '00042', null],
      quick_position: [null, 2, 1],
      by_name: [1, 2, 0],
    },
    barcodes: { code: ['4760000000017', '4760000000024', '4760000000031'], item_id: [1, 1, 3], quantity_milli: [1000, 6000, 1000] },
    prices: {
      id: [51, 52, 53, 54],
      item_id: [1, 1, 2, 1],
      list_id: [9, 9, 9, 9],
      branch_id: [null, 7, null, null],
      amount_minor: [245, 255, 210, 199],
      kind: ['regular', 'regular', 'regular', 'promotion'],
      from_at: [NOON - 1000, NOON - 1000, NOON - 1000, NOON + 1000],
      until_at: [null, null, null, NOON + 2000],
    },
    categories: [
      { id: 10, parent_id: null, name: 'Bakkaleya', position: 2, hue: 20 },
      { id: 11, parent_id: 10, name: 'Meyvə', position: 1, hue: 140 },
    ],
    units: [{ id: 20, code: 'pcs', name: 'ədəd', decimals: 0 }, { id: 21, code: 'kg', name: 'kq', decimals: 3 }],
    tax_classes: [{ id: 30, code: 'vat18', name: 'ƏDV 18 %' }],
    label_templates: [{ id: 60, pattern: '22PPPPPWWWWWC' }],
  };
}

const filled = async () => new Catalogue(await pack(snapshot()));

const milk = (change: Partial<ItemRow> = {}): ItemRow => ({
  id: 1, name: 'Süd 1 l', sku: 'M1', search_key: 'sud 1 l m1', sort_key: sortKey('Süd 1 l'), category_id: 10, unit_id: 20, tax_class_id: 30,
  is_weighed: false, plu: null, quick_position: null, archived: false, barcodes: [['4760000000017', 1000]], ...change,
});

const price = (change: Partial<Price>): Price => ({ id: 90, item_id: 1, list_id: 9, branch_id: null, amount_minor: 300, kind: 'regular', from_at: NOON - 10, until_at: null, ...change });

test('a barcode finds its item and how much of it the barcode stands for', async () => {
  const catalogue = await filled();

  expect(catalogue.byBarcode('4760000000024')).toMatchObject({ item: { name: 'Süd 1 l' }, quantity_milli: 6000 });
  expect(catalogue.byBarcode('4760000000099')).toBeNull();
});

test('a scale number finds its item with or without leading zeros', async () => {
  expect((await filled()).byPlu('42')?.id).toBe(2);
  expect((await filled()).byPlu('00042')?.id).toBe(2);
});

test('search finds Azerbaijani names by plain letters', async () => {
  expect((await filled()).search('corek').map((item) => item.id)).toEqual([3]);
  expect((await filled()).search('SÜD').map((item) => item.id)).toEqual([1]);
});

test('a category shows its own items and those of its children in the order of names', async () => {
  expect((await filled()).idsOf(10)).toEqual([2, 3, 1]);
  expect((await filled()).idsOf(11)).toEqual([2]);
  expect((await filled()).idsOf(null)).toHaveLength(3);
});

test('quick tiles stand in their own order', async () => {
  expect((await filled()).quick().map((item) => item.id)).toEqual([3, 2]);
});

test('a price of the branch beats a general one, a promotion beats both while it lasts', async () => {
  const catalogue = await filled();

  expect(catalogue.price(1, NOON, null)?.id).toBe(51);
  expect(catalogue.price(1, NOON, 7)?.id).toBe(52);
  expect(catalogue.price(1, NOON, 8)?.id).toBe(51);
  expect(catalogue.price(1, NOON + 1500, null)?.id).toBe(54);
  expect(catalogue.price(1, NOON + 2000, null)?.id).toBe(51);
  expect(catalogue.price(3, NOON, null)).toBeNull();
});

test('a price of the future does not count yet, and the past can be asked', async () => {
  const catalogue = await filled();
  catalogue.apply([{ kind: 'price', op: 'put', id: 90, row: price({ from_at: NOON + 5000 }) }]);

  expect(catalogue.price(1, NOON, null)?.id).toBe(51);
  expect(catalogue.price(1, NOON + 5000, null)?.id).toBe(90);
  expect(catalogue.price(1, NOON - 2000, null)).toBeNull();
});

test('a changed item is found by its new name and no longer by its old one', async () => {
  const catalogue = await filled();
  catalogue.apply([{ kind: 'item', op: 'put', id: 1, row: milk({ name: 'Kefir', search_key: 'kefir m1', sort_key: sortKey('Kefir') }) }]);

  expect(catalogue.search('sud')).toEqual([]);
  expect(catalogue.search('kefir').map((item) => item.id)).toEqual([1]);
  expect(catalogue.item(1)?.name).toBe('Kefir');
  expect(catalogue.idsOf(10)).toEqual([2, 3, 1]);
});

test('a barcode that was taken off an item finds nothing', async () => {
  const catalogue = await filled();
  catalogue.apply([{ kind: 'item', op: 'put', id: 1, row: milk() }]);

  expect(catalogue.byBarcode('4760000000024')).toBeNull();
  expect(catalogue.byBarcode('4760000000017')?.item.id).toBe(1);
});

test('a new item stands beside the snapshot in search, category and barcodes', async () => {
  const catalogue = await filled();
  const salt = milk({ id: 77, name: 'Duz', search_key: 'duz', sort_key: sortKey('Duz'), barcodes: [['4760000000048', 1000]] });
  catalogue.apply([{ kind: 'item', op: 'put', id: 77, row: salt }]);

  expect(catalogue.search('duz').map((item) => item.id)).toEqual([77]);
  expect(catalogue.byBarcode('4760000000048')?.item.id).toBe(77);
  expect(catalogue.idsOf(10)).toEqual([2, 3, 77, 1]);
});

test('an archived item is gone from the till', async () => {
  const catalogue = await filled();
  catalogue.apply([{ kind: 'item', op: 'put', id: 1, row: milk({ archived: true }) }]);

  expect(catalogue.byBarcode('4760000000017')).toBeNull();
  expect(catalogue.search('sud')).toEqual([]);
  expect(catalogue.idsOf(10)).toEqual([2, 3]);
  expect(catalogue.item(1)?.archived).toBe(true);
});

test('applying the same changes twice changes nothing', async () => {
  const catalogue = await filled();
  const changes = [
    { kind: 'item', op: 'put' as const, id: 77, row: milk({ id: 77, search_key: 'duz' }) },
    { kind: 'price', op: 'put' as const, id: 90, row: price({ item_id: 77 }) },
  ];
  catalogue.apply(changes);
  catalogue.apply(changes);

  expect(catalogue.search('duz')).toHaveLength(1);
  expect(catalogue.prices.rowsOf(77)).toHaveLength(1);
});

test('the tax rate of a class is the one that began last', async () => {
  const catalogue = await filled();
  const rate = (id: number, rate_bp: number, from_at: number) => ({ kind: 'tax_rate', op: 'put' as const, id, row: { id, class_id: 30, rate_bp, kind: 'standard', from_at } });
  catalogue.apply([rate(70, 1800, 0), rate(71, 2000, NOON)]);

  expect(catalogue.taxRate(30, NOON - 1)?.rate_bp).toBe(1800);
  expect(catalogue.taxRate(30, NOON)?.rate_bp).toBe(2000);
});

test('an empty shop is a catalogue too', async () => {
  const empty = snapshot();
  for (const table of [empty.items, empty.barcodes, empty.prices]) for (const name of Object.keys(table)) (table as Record<string, unknown>)[name] = [];
  const catalogue = new Catalogue(await pack(empty));

  expect(catalogue.size).toBe(0);
  expect(catalogue.search('sud')).toEqual([]);
  expect(catalogue.idsOf(null)).toEqual([]);
});
