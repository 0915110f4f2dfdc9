import { beforeEach, expect, test } from 'vitest';
import { newDevice } from './browser.ts';
import { Replica } from '../../../src/data/replica.ts';
import { atomic, read } from '../../../src/data/db.ts';
import type { Bootstrap, Change, Person, Snapshot } from '../../../src/data/wire.ts';

beforeEach(newDevice);

const empty = { id: [], name: [], sku: [], category_id: [], unit_id: [], tax_class_id: [], is_weighed: [], plu: [], quick_position: [], by_name: [] };
const snapshot: Snapshot = {
  schema: 1,
  cursor: 40,
  items: { ...empty, id: [1], name: ['Süd'], sku: ['M'], category_id: [null], unit_id: [2], tax_class_id: [3], is_weighed: [false], plu: [null], quick_position: [null], by_name: [0] },
  barcodes: { code: ['4760000000017'], item_id: [1], quantity_milli: [1000] },
  prices: { id: [], item_id: [], list_id: [], branch_id: [], amount_minor: [], kind: [], from_at: [], until_at: [] },
  categories: [],
  units: [],
  tax_classes: [],
  label_templates: [],
};
const bootstrap = {
  schema: 1,
  cursor: 42,
  generation: 1,
  server_at: '2026-11-24T12:00:00.000Z',
  branch: { id: 5, code: 'B1', name: 'Nizami', timezone: 'Asia/Baku', cut_off_min: 300, language: 'az' },
  registers: [{ id: 6, branch_id: 5, code: 'K1', name: 'Kassa 1' }],
  tender_types: [],
  tax_rates: [{ id: 8, class_id: 3, rate_bp: 1800, kind: 'standard', from_at: 0 }],
  people: [{ id: 9, name: 'Aysel', language: 'az', rights: [] }],
  settings: [{ key: 'quick_cash', value: true }],
  catalogue: { url: '/x', rows: 1, sha256: '' },
} satisfies Bootstrap;

const person = (name: string): Change => ({ seq: 43, topic: 'people', kind: 'person', op: 'put', id: 9, rev: 43, row: { id: 9, name, language: 'az', rights: [] } });

test('a device that was never filled says so', async () => {
  expect(await new Replica().load()).toBe(false);
});

test('what was taken over is there again after a start without network', async () => {
  await new Replica().replace(bootstrap, snapshot);
  const again = new Replica();

  expect(await again.load()).toBe(true);
  expect(again.catalogue.byBarcode('4760000000017')?.item.name).toBe('Süd');
  expect(again.catalogue.taxRate(3, 1)?.rate_bp).toBe(1800);
  expect(again.all<Person>('person').map((row) => row.name)).toEqual(['Aysel']);
  expect(again.held).toEqual({ cursor: 40, generation: 1 });
});

test('a device that an earlier app filled asks to be filled again', async () => {
  await new Replica().replace(bootstrap, snapshot);
  await atomic(['catalogue'], async (tx) => {
    const packed = (await tx.objectStore('catalogue').get('snapshot')) as object;
    await tx.objectStore('catalogue').put({ ...packed, layout: undefined }, 'snapshot');
  });

  expect(await new Replica().load()).toBe(false);
});

test('changes are on disk and in memory, and listeners hear their kinds', async () => {
  const replica = new Replica();
  await replica.replace(bootstrap, snapshot);
  const heard: string[] = [];
  replica.onChange((kinds) => heard.push(...kinds));

  await replica.apply([person('Aysel M.'), { seq: 44, topic: 'catalogue', kind: 'item', op: 'drop', id: 1, rev: 44, row: null }], 44);
  const again = new Replica();
  await again.load();

  for (const each of [replica, again]) {
    expect(each.all<Person>('person')[0].name).toBe('Aysel M.');
    expect(each.catalogue.byBarcode('4760000000017')).toBeNull();
    expect(each.held?.cursor).toBe(44);
  }
  expect(heard).toEqual(['person', 'item']);
});

test('a row that was dropped is gone after the next start as well', async () => {
  const replica = new Replica();
  await replica.replace(bootstrap, snapshot);

  await replica.apply([{ ...person(''), op: 'drop', row: null }], 44);
  const again = new Replica();
  await again.load();

  expect(again.all('person')).toEqual([]);
});

test('operations of open orders are kept beside this terminal own ones, and its clock goes behind them', async () => {
  const replica = new Replica();
  await replica.replace(bootstrap, snapshot);
  const hlc = `${Date.now().toString(16).padStart(12, '0')}ffff`;
  const row = { id: 'op-1', order_id: 'order-1', kind: 'order_line_add', terminal_id: 2, person_id: 9, hlc, body: {} };

  await replica.apply([{ seq: 45, topic: 'orders', kind: 'order_operation', op: 'put', id: 'op-1', rev: 45, row }], 45);

  expect(await read((db) => db.getAllFromIndex('orders', 'order_id', 'order-1'))).toEqual([row]);
  expect((await read((db) => db.get('meta', 'hlc'))) as string > hlc).toBe(true);
});

test('a newly paired terminal sees the sales that others hold, and its clock starts behind them', async () => {
  const hlc = `${Date.now().toString(16).padStart(12, '0')}ffff`;
  const row = { id: 'op-1', order_id: 'order-1', kind: 'order_line_add', terminal_id: 2, person_id: 9, hlc, body: {} };
  const heard: string[] = [];
  const replica = new Replica();
  replica.onChange((kinds) => heard.push(...kinds));

  await replica.replace({ ...bootstrap, order_operations: [row] }, snapshot);

  expect(await read((db) => db.getAllFromIndex('orders', 'order_id', 'order-1'))).toEqual([row]);
  expect((await read((db) => db.get('meta', 'hlc'))) as string > hlc).toBe(true);
  expect(heard).toEqual(['*']);
});
