import { beforeEach, expect, test } from 'vitest';
import { newDevice } from './browser.ts';
import { FakeServer } from './server.ts';
import { atomic, read } from '../../../src/data/db.ts';
import { countOutbox } from '../../../src/data/outbox.ts';
import { record } from '../../../src/data/record.ts';
import { bringBack, NotARescueFile, unsentOperations } from '../../../src/data/rescue.ts';
import { Sender } from '../../../src/data/sender.ts';

const LEASE = { id: 'lease-1', epoch: 1, series: 'K2', next: { sale: 1, shift: 1, z: 1 } };
const TERMINAL = { id: 7, name: 'Kassa 2', branch_id: 1 };
const NOW = Date.parse('2026-11-24T12:00:00Z');
let server: FakeServer;

beforeEach(async () => {
  await newTill();
  server = new FakeServer();
});

async function newTill(): Promise<void> {
  await newDevice();
  await atomic(['meta'], (tx) => tx.objectStore('meta').put(structuredClone(LEASE), 'lease'));
}

const sell = () =>
  record((book) => {
    const { number } = book.number('sale');
    book.operation('sale', { number }, { person_id: 1, shift_id: 'shift-1' });
    return number;
  });

const send = () => new Sender({ terminalId: 't', push: server.push, heard: () => undefined, sleep: () => Promise.resolve() }).drain();
const saved = async () => JSON.stringify(await unsentOperations(TERMINAL, NOW));

test('eviction: what was saved to a file before the storage was cleared reaches the server from a device that begins anew', async () => {
  for (let sale = 0; sale < 3; sale++) await sell();
  const file = await saved();
  await newTill();

  expect(await bringBack(file)).toBe(3);
  await send();

  expect(server.numbers()).toEqual(['K2-000001', 'K2-000002', 'K2-000003']);
  expect(await countOutbox()).toEqual({ unsent: 0, attention: 0 });
});

test('what was sent meanwhile, or is here already, is not there twice', async () => {
  await sell();
  await sell();
  const file = await saved();
  await send();
  await sell();

  expect(await bringBack(file)).toBe(0);
  await newTill();
  await bringBack(file);
  await send();

  expect(server.numbers()).toEqual(['K2-000001', 'K2-000002']);
  expect(server.duplicates).toBe(2);
});

test('operations that are brought back take places of their own in the log', async () => {
  await sell();
  const file = await saved();
  await newTill();
  await record((book) => book.operation('till_event', {}, { person_id: null, shift_id: null }));

  await bringBack(file);
  await sell();

  expect((await read((db) => db.getAll('outbox'))).map(({ seq, kind }) => [seq, kind])).toEqual([
    [1, 'till_event'],
    [2, 'sale'],
    [3, 'sale'],
  ]);
});

test('a refused operation is in the file too, and the file says whose it is and when it was written', async () => {
  await sell();
  server.judge = ({ id }) => ({ id, verdict: 'rejected', error: { code: 'device_revoked' } });
  await send();

  const file = await unsentOperations(TERMINAL, NOW);

  expect(file).toMatchObject({ terminal: TERMINAL, written_at: '2026-11-24T12:00:00.000Z', operations: [{ seq: 1, attention: 1 }] });
});

test.each(['', '{"format": "aisales-unsent", "version": 1, "operations": [{"id"', '{"format": "recipes"}', '[]', 'null'])('a file that is none of ours changes nothing: %s', async (text) => {
  await expect(bringBack(text)).rejects.toBeInstanceOf(NotARescueFile);
  expect(await read((db) => db.count('outbox'))).toBe(0);
});
