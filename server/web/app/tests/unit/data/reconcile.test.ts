import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { newDevice } from './browser.ts';
import { countOutbox } from '../../../src/data/outbox.ts';
import { atomic } from '../../../src/data/db.ts';
import { reconcileShift, sumOfShift, xorOf } from '../../../src/data/reconcile.ts';
import { record } from '../../../src/data/record.ts';

const FIRST = '01930000-0000-7000-8000-000000000001';
const SECOND = '01930000-0000-7000-8000-000000000003';

beforeEach(async () => {
  await newDevice();
  for (const [id, total_minor] of [[FIRST, 100], [SECOND, 250]] as const) {
    await record((book) => {
      book.operation('sale', {}, { id, person_id: 1, shift_id: 'shift-1' });
      book.put('sales', { id, number: id, rung_at: 1, shift_id: 'shift-1', person_id: 1, total_minor, returns_sale_id: null, body: {}, receipt: {} });
    });
  }
  await atomic(['outbox'], async (tx) => {
    for (const operation of await tx.objectStore('outbox').getAll()) {
      delete operation.unsent;
      await tx.objectStore('outbox').put(operation);
    }
  });
});

afterEach(() => vi.unstubAllGlobals());

test('a shift is summed by count, total and the exclusive or of its ids', async () => {
  expect(await sumOfShift('shift-1')).toEqual({ count: 2, total_minor: 350, xor: '00000000000000000000000000000002' });
  expect(xorOf([])).toBe('0'.repeat(32));
  expect(xorOf([FIRST, FIRST])).toBe('0'.repeat(32));
});

test('what the server lacks goes back into the outbox', async () => {
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ ok: false, missing: [], unknown: [], held: [FIRST, 'of-another-time'] }), { status: 200 }));

  expect(await reconcileShift('shift-1')).toEqual({ agreed: false, sentAgain: 1, unknown: ['of-another-time'] });
  expect(await countOutbox()).toEqual({ unsent: 1, attention: 0 });
});

test('when both sides agree nothing is sent', async () => {
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ ok: true, missing: [], unknown: [], held: [] }), { status: 200 }));

  expect((await reconcileShift('shift-1')).agreed).toBe(true);
  expect((await countOutbox()).unsent).toBe(0);
});
