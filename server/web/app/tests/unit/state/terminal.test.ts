import './browser.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { settled } from '../data/browser.ts';
import { NoConnection } from '../../../src/data/api.ts';
import { atomic, read } from '../../../src/data/db.ts';
import { NotSelling } from '../../../src/data/fence.ts';
import type { Lease } from '../../../src/data/wire.ts';
import { takeOverTab, takeRegister, terminal } from '../../../src/state/terminal.svelte.ts';
import { payExact, whyNotSelling } from '../../../src/state/till_sale.svelte.ts';
import { shop } from '../../../src/state/shop.svelte.ts';
import { CARD, LEASE, MILK, openTill, REGISTER, sales, scan } from './shop.ts';

beforeEach(() => openTill());
afterEach(() => vi.unstubAllGlobals());

const card = () => shop.tenderTypes.find(({ id }) => id === CARD)!;
const keptLease = () => read((db) => db.get('meta', 'lease')) as Promise<Lease>;

function answerWith(lease: Lease): void {
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ lease })));
}

/** Another tab of this browser takes the register: its lock and the fence. */
async function otherTab(): Promise<{ close: () => Promise<void> }> {
  let close = () => undefined as void;
  void navigator.locks.request(`register:${REGISTER}`, { steal: true }, () => new Promise<void>((resolve) => (close = resolve))).catch(() => undefined);
  await atomic(['meta'], (tx) => void tx.objectStore('meta').put('another page', 'seller'));
  return { close: async () => (close(), await untilHeld()) };
}

const untilHeld = () => vi.waitFor(() => expect(terminal.hold).toBe('held'));

test('two devices on one register: taking it is an online act, and offline nothing changes', async () => {
  await expect(takeRegister(REGISTER, true)).rejects.toBeInstanceOf(NoConnection);

  expect((await keptLease()).id).toBe(LEASE.id);
});

test('a lease that is taken again goes on counting where this device is, ahead of the server while sales wait', async () => {
  answerWith({ ...LEASE, next: { sale: 9, shift: 3, z: 5 } });

  await takeRegister(REGISTER);

  expect((await keptLease()).next).toEqual({ sale: 14, shift: 4, z: 5 });
});

test('a new lease counts as the server says: a series of its own', async () => {
  answerWith({ ...LEASE, id: 'another', epoch: 2, series: 'K2.2', next: { sale: 1, shift: 1, z: 1 } });
  await takeRegister(REGISTER);
  await untilHeld();
  scan(MILK);

  expect((await payExact(card()))?.number).toBe('K2.2-000001');
});

test('two tabs on one register: while the other one sells this one only looks, and goes on when that one is closed', async () => {
  answerWith(LEASE);
  await takeRegister(REGISTER);
  await untilHeld();
  scan(MILK);
  const other = await otherTab();
  await settled();
  expect([terminal.hold, whyNotSelling()]).toEqual(['elsewhere', 'other_tab']);

  await other.close();

  expect((await payExact(card()))?.number).toBe('K2-000014');
});

test('two tabs on one register: taken over at the very moment of payment, one of the two sells and none twice', async () => {
  answerWith(LEASE);
  await takeRegister(REGISTER);
  await untilHeld();
  scan(MILK);

  const [sold] = await Promise.all([payExact(card()).catch((error: unknown) => error), otherTab()]);

  const kept = await sales();
  if (sold instanceof NotSelling || sold === null) expect(kept).toEqual([]);
  else expect(kept).toHaveLength(1);
});

test('a tab that takes over sells once the other one can finish nothing more', async () => {
  await otherTab();

  takeOverTab();
  expect(terminal.hold).toBe('asked');
  await untilHeld();
  scan(MILK);

  expect((await payExact(card()))?.number).toBe('K2-000014');
});
