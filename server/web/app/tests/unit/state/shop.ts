/** A small shop on this device, a cashier at its till, and the means to ring things there. */
import { EMPTY } from '../../../src/core/cart.ts';
import { withCheckDigit } from '../../../src/core/barcode.ts';
import { atomic, type KeptSale, type LoggedOperation, read } from '../../../src/data/db.ts';
import { replica } from '../../../src/data/replica.ts';
import type { Bootstrap, Id, Snapshot } from '../../../src/data/wire.ts';
import { cart } from '../../../src/state/cart.svelte.ts';
import { orders } from '../../../src/state/orders.svelte.ts';
import { session } from '../../../src/state/session.svelte.ts';
import { openShift, shift } from '../../../src/state/shift.svelte.ts';
import { terminal } from '../../../src/state/terminal.svelte.ts';
import { till } from '../../../src/state/till.svelte.ts';
import { meaningOf, ring } from '../../../src/state/till_scan.svelte.ts';
import { newDevice } from '../data/browser.ts';

export const CASHIER = 11;
export const MANAGER = 12;
export const CASH = 31;
export const CARD = 32;
export const REGISTER = 5;
export const MILK = withCheckDigit('476000000001');
export const MILK_BOX = withCheckDigit('476000000002');
export const BREAD = withCheckDigit('476000000003');
export const APPLE = 103;
export const APPLE_PLU = 12070;
export const LEASE = { id: '01a20f4b-0000-7000-8000-000000000001', epoch: 1, series: 'K2', next: { sale: 14, shift: 3, z: 3 } };
const EVERY_RIGHT = ['sale.ring', 'sale.hold', 'sale.reprint', 'cash.move', 'shift.open', 'shift.close'];

const right = (name: string, cap_bp: number | null = null) => ({ right: name, cap_bp, cap_minor: null });
const CASHIER_RIGHTS = [...EVERY_RIGHT.map((name) => right(name)), right('sale.discount_line', 500), right('sale.discount_sale', 500)];
const MANAGER_RIGHTS = [...CASHIER_RIGHTS, right('sale.return'), right('sale.price'), right('sale.open_item'), right('drawer.open')];

const bootstrap: Bootstrap = {
  schema: 1, cursor: 700, generation: 1, server_at: '2026-11-24T09:00:00.000Z',
  branch: { id: 1, code: 'B1', name: 'Mağaza', timezone: 'Asia/Baku', cut_off_min: 300, language: 'az' },
  company: { id: 1, name: 'Mağaza MMC', tax_id: '9900000001' },
  registers: [{ id: REGISTER, branch_id: 1, code: 'K2', name: 'Kassa 2' }],
  tender_types: [
    { id: CASH, code: 'cash', kind: 'cash', name: 'Nağd', opens_drawer: true, position: 1 },
    { id: CARD, code: 'card', kind: 'card', name: 'Kart', opens_drawer: false, position: 2 },
  ],
  tax_rates: [{ id: 71, class_id: 61, rate_bp: 1_800, kind: 'standard', from_at: 0 }, { id: 72, class_id: 62, rate_bp: 0, kind: 'exempt', from_at: 0 }],
  people: [
    { id: CASHIER, name: 'Aysel', language: 'az', rights: CASHIER_RIGHTS },
    { id: MANAGER, name: 'Elnur', language: 'az', rights: MANAGER_RIGHTS },
  ],
  settings: [],
  catalogue: { url: '/snapshot', rows: 3, sha256: '' },
};

const snapshot: Snapshot = {
  schema: 1, cursor: 700,
  items: {
    id: [101, 102, APPLE], name: ['Süd 1 l', 'Tandır çörəyi', 'Alma'], sku: ['1', '2', '3'],
    by_name: [2, 0, 1], category_id: [41, 41, 41], unit_id: [51, 51, 52], tax_class_id: [61, 62, 61], is_weighed: [false, false, true],
    plu: [null, null, APPLE_PLU], quick_position: [null, 1, null],
  },
  barcodes: { code: [MILK, MILK_BOX, BREAD], item_id: [101, 101, 102], quantity_milli: [1_000, 6_000, 1_000] },
  prices: {
    id: [201, 202, 203], item_id: [101, 102, APPLE], list_id: [1, 1, 1], branch_id: [null, null, null], amount_minor: [245, 120, 210],
    kind: ['regular', 'regular', 'regular'], from_at: [0, 0, 0], until_at: [null, null, null],
  },
  categories: [{ id: 41, parent_id: null, name: 'Ərzaq', position: 1, hue: 20 }],
  units: [{ id: 51, code: 'pcs', name: 'ədəd', decimals: 0 }, { id: 52, code: 'kg', name: 'kq', decimals: 3 }],
  tax_classes: [{ id: 61, code: 'vat18', name: 'ƏDV 18 %' }, { id: 62, code: 'exempt', name: 'ƏDV-dən azad' }],
  label_templates: [{ id: 81, pattern: '20{item:5}{weight_g:5}{c}' }, { id: 82, pattern: '21{item:5}{price_c:5}{c}' }],
};

/** A paired device with a register, an open shift and an empty cart. */
export async function openTill(person: number = CASHIER): Promise<void> {
  await newDevice();
  await replica.replace(bootstrap, snapshot);
  await atomic(['meta'], (tx) => void tx.objectStore('meta').put(structuredClone(LEASE), 'lease'));
  terminal.lease = structuredClone(LEASE);
  terminal.registerId = REGISTER;
  terminal.hold = 'held';
  signIn(person);
  cart.begin(EMPTY);
  await cart.settled();
  Object.assign(till, { sheet: null, strip: null, pending: null, done: null, weighing: null, completing: false, approval: null });
  shift.open = null;
  await openShift(5_000, null);
  await orders.load();
}

export function signIn(person: number): void {
  const row = bootstrap.people.find(({ id }) => id === person)!;
  session.enter(row, row.rights, false);
}

/** Scans that must become lines. */
export function scan(...codes: string[]): void {
  for (const code of codes) {
    const meaning = meaningOf(code);
    if ((meaning.kind !== 'item' && meaning.kind !== 'label') || !ring(meaning)) throw new Error(`${code} did not become a line`);
  }
}

/** Waits until what was asked for behind the screen is on disk. */
export async function operations(kind?: string): Promise<LoggedOperation[]> {
  await cart.settled();
  const all = await read((db) => db.getAll('outbox'));
  return kind ? all.filter((operation) => operation.kind === kind) : all;
}

export const bodyOf = <Body = Record<string, any>>(operation: LoggedOperation): Body => operation.body as Body;

export const sales = (): Promise<KeptSale[]> => read((db) => db.getAll('sales'));

export const keptCart = (): Promise<unknown> => read((db) => db.get('cart', 'current'));

export const rowsOfOrder = (order_id: Id) => read((db) => db.getAllFromIndex('orders', 'order_id', order_id));
