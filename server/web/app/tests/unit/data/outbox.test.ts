import { beforeEach, expect, test, vi } from 'vitest';
import { newDevice } from './browser.ts';
import { dice, FakeServer } from './server.ts';
import { Problem } from '../../../src/data/api.ts';
import { atomic, read } from '../../../src/data/db.ts';
import { asPushed, countOutbox, followGeneration, needsAttention, pruneLog, sendAgain, settleAttention } from '../../../src/data/outbox.ts';
import { NoLease, record } from '../../../src/data/record.ts';
import { type Outcome, Sender } from '../../../src/data/sender.ts';

const LEASE = { id: 'lease-1', epoch: 1, series: 'K2', next: { sale: 1, shift: 1, z: 1 } };
let server: FakeServer;
let heard: Outcome[];

beforeEach(async () => {
  await newDevice();
  await atomic(['meta'], (tx) => tx.objectStore('meta').put(structuredClone(LEASE), 'lease'));
  server = new FakeServer();
  heard = [];
});

function sender(push = server.push): Sender {
  return new Sender({ terminalId: 't', push, heard: (outcome) => heard.push(outcome), sleep: () => Promise.resolve(), random: () => 0 });
}

function sell(): Promise<string> {
  return record((book) => {
    const { number, series, counter } = book.number('sale');
    book.operation('sale', { number, series, counter, total_minor: 100 }, { person_id: 1, shift_id: 'shift-1' });
    return number;
  });
}

function problem(status: number): Problem {
  return Object.assign(new Problem('refused'), { status, code: 'refused' });
}

test('over a network that loses requests and replies nothing is lost, doubled or skipped', async () => {
  const roll = dice(7);
  server.network = () => (roll() < 0.25 ? 'request_lost' : roll() < 0.33 ? 'reply_lost' : 'well');
  const sending = sender();

  const numbers: string[] = [];
  for (let sale = 0; sale < 300; sale++) {
    numbers.push(await sell());
    if (sale % 7 === 0) void sending.drain();
  }
  await sending.drain();

  expect(server.numbers()).toEqual([...numbers].sort());
  expect(new Set(numbers).size).toBe(300);
  expect(numbers.at(-1)).toBe('K2-000300');
  expect(server.duplicates).toBeGreaterThan(0);
  expect(await countOutbox()).toEqual({ unsent: 0, attention: 0 });
});

test('operations go in the order of their seq, at most a hundred at once', async () => {
  for (let sale = 0; sale < 230; sale++) await sell();

  await sender().drain();

  expect([...server.booked.values()].map((operation) => operation.seq)).toEqual(Array.from({ length: 230 }, (_, index) => index + 1));
  expect(server.deliveries).toBe(3);
});

test('a batch stays below 512 kB, and one large operation goes alone', async () => {
  const note = 'ə'.repeat(150_000);
  for (let count = 0; count < 3; count++) await record((book) => book.operation('sale', { number: String(count), note }, { person_id: 1, shift_id: null }));

  await sender().drain();

  expect(server.booked.size).toBe(3);
  expect(server.deliveries).toBe(3);
});

test('a rejected operation goes to the list of a person, and the others are booked', async () => {
  await sell();
  await sell();
  server.judge = ({ seq, id }) => (seq === 1 ? { id, verdict: 'rejected', error: { code: 'device_revoked' } } : null);

  await sender().drain();

  expect(await countOutbox()).toEqual({ unsent: 0, attention: 1 });
  expect((await needsAttention())[0].error).toEqual({ code: 'device_revoked' });
  await settleAttention(1);
  expect(await countOutbox()).toEqual({ unsent: 0, attention: 0 });
});

test('what the server failed at stays, holds nobody back, and is shown after the third time', async () => {
  await sell();
  await sell();
  server.judge = ({ seq, id }) => (seq === 1 ? { id, verdict: 'failed' } : null);
  const sending = sender();

  for (let time = 0; time < 3; time++) {
    await sending.drain();
    await atomic(['outbox'], async (tx) => {
      const operation = await tx.objectStore('outbox').get(1);
      await tx.objectStore('outbox').put({ ...operation!, not_before: 0 });
    });
  }

  expect(server.numbers()).toEqual(['K2-000002']);
  expect(await countOutbox()).toEqual({ unsent: 1, attention: 1 });
  server.judge = () => null;
  await sending.drain();
  expect(await countOutbox()).toEqual({ unsent: 0, attention: 0 });
});

test('an operation that makes the whole push fail is found and waits alone', async () => {
  for (let sale = 0; sale < 20; sale++) await sell();
  const push: FakeServer['push'] = async (batch) => {
    if (batch.ops.some((operation) => operation.seq === 7)) throw problem(500);
    return server.push(batch);
  };

  await sender(push).drain();

  expect(server.booked.size).toBe(19);
  expect(await countOutbox()).toEqual({ unsent: 1, attention: 0 });
});

test('a revoked terminal keeps its sales and sends them once it is paired again', async () => {
  await sell();
  let refusals = 0;
  const push: FakeServer['push'] = async (batch) => {
    if (refusals++ < 4) throw problem(401);
    return server.push(batch);
  };

  await sender(push).drain();

  expect(heard.slice(0, 4).every((outcome) => outcome.kind === 'refused')).toBe(true);
  expect(server.numbers()).toEqual(['K2-000001']);
});

test('a busy server is asked again after the pause that it names', async () => {
  await sell();
  const pauses: number[] = [];
  let busy = true;
  const push: FakeServer['push'] = async (batch) => {
    if (busy) throw Object.assign(problem(503), { retryAfterMs: 7_000 });
    return server.push(batch);
  };
  const sleep = async (ms: number) => {
    pauses.push(ms);
    busy = false;
  };

  await new Sender({ terminalId: 't', push, heard: () => undefined, sleep }).drain();

  expect(pauses).toEqual([7_000]);
  expect(server.booked.size).toBe(1);
});

test('a server restored from a backup gets the log again from where it stands', async () => {
  for (let sale = 0; sale < 10; sale++) await sell();
  const sending = sender();
  await sending.drain();
  server.restore(4);

  await sell();
  await sending.drain();

  expect(server.booked.size).toBe(11);
  expect(await countOutbox()).toEqual({ unsent: 0, attention: 0 });
});

test('a server that knows less than it did gets the log again from its next seq on', async () => {
  for (let sale = 0; sale < 10; sale++) await sell();
  const sending = sender();
  await sending.drain();
  server.lose(4);

  await sell();
  await sending.drain();

  expect(server.booked.size).toBe(11);
  expect(server.duplicates).toBe(1); // The sale whose answer told it.
  expect(await countOutbox()).toEqual({ unsent: 0, attention: 0 });
});

test('a terminal whose storage was wiped goes on counting where the server stands', async () => {
  server.lastSeq = 500;
  await sell();
  await sender().drain();

  await sell();
  await sender().drain();

  expect(Math.max(...[...server.booked.values()].map((operation) => operation.seq))).toBe(501);
});

test('operations that the server names as missing are sent again', async () => {
  await sell();
  const sending = sender();
  await sending.drain();
  const [id] = server.booked.keys();
  server.booked.clear();

  const found = await sendAgain([id, 'unknown']);
  await sending.drain();

  expect(found).toBe(1);
  expect(server.booked.has(id)).toBe(true);
});

test('the log forgets what is older than 35 days, but nothing that waits', async () => {
  await sell();
  await sender().drain();
  await sell();

  await pruneLog(Date.now() + 36 * 24 * 3_600_000);

  expect(await read((db) => db.getAllKeys('outbox'))).toEqual([2]);
});

test('two senders of one terminal never send at the same time', async () => {
  for (let sale = 0; sale < 50; sale++) await sell();
  let open = 0;
  let most = 0;
  const push: FakeServer['push'] = async (batch) => {
    most = Math.max(most, ++open);
    await new Promise((resolve) => setImmediate(resolve));
    open--;
    return server.push(batch);
  };

  await Promise.all([sender(push).drain(), sender(push).drain()]);

  expect(most).toBe(1);
  expect(server.booked.size).toBe(50);
});

test('an act that fails writes nothing and takes no number', async () => {
  await expect(
    record((book) => {
      book.number('sale');
      throw new Error('no paper');
    }),
  ).rejects.toThrow('no paper');

  expect(await sell()).toBe('K2-000001');
  expect((await countOutbox()).unsent).toBe(1);
});

test('without a lease no number is given', async () => {
  await atomic(['meta'], (tx) => tx.objectStore('meta').delete('lease'));

  await expect(sell()).rejects.toBeInstanceOf(NoLease);
});

test('the age of a fact is told only for facts of this page load', async () => {
  await sell();
  await sell();
  await atomic(['outbox'], async (tx) => {
    const operation = await tx.objectStore('outbox').get(1);
    await tx.objectStore('outbox').put({ ...operation!, boot: 'an earlier page' });
  });

  await sender().drain();

  const ages = [...server.booked.values()].map((operation) => operation.age_ms);
  expect(ages[0]).toBeNull();
  expect(ages[1]).toBeGreaterThanOrEqual(0);
});

test('each operation has a later clock reading than the one before', async () => {
  for (let sale = 0; sale < 5; sale++) await sell();

  const clocks = (await read((db) => db.getAll('outbox'))).map((operation) => operation.hlc);

  expect([...new Set(clocks)].sort()).toEqual(clocks);
});

test('a clock that is set back does not hold an operation for years that failed once', async () => {
  await sell();
  await atomic(['outbox'], async (tx) => {
    const operation = await tx.objectStore('outbox').get(1);
    await tx.objectStore('outbox').put({ ...operation!, tries: 1, not_before: Date.now() + 2 * 365 * 24 * 3_600_000 });
  });

  await sender().drain();

  expect(server.numbers()).toEqual(['K2-000001']);
});

test('a clock that is set back or forward never makes a fact younger than it is', async () => {
  await sell();
  const hour = 3_600_000;
  const aged = async (wall: number) => {
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + wall);
    const [operation] = await read((db) => db.getAll('outbox'));
    const { age_ms } = asPushed(operation);
    clock.mockRestore();
    return age_ms!;
  };

  expect(await aged(0)).toBeLessThan(hour);
  expect(await aged(-2 * 365 * 24 * hour)).toBeGreaterThanOrEqual(0);
  // As after an hour's sleep, while the monotonic clock of some devices stands still: no drawer opens late.
  expect(await aged(hour)).toBeGreaterThanOrEqual(hour);
  // As when a clock that began in 1970 learns the year: the server still takes the operation.
  expect(await aged(56 * 365 * 24 * hour)).toBeLessThan(10 ** 11);
});

test('the clock of operations goes on in order, however the clock of the device is set', async () => {
  const start = Date.now();
  const clock = vi.spyOn(Date, 'now');
  for (const wall of [start, start + 7_200_000, start - 2 * 365 * 24 * 3_600_000, start + 1]) {
    clock.mockReturnValue(wall);
    await sell();
  }
  clock.mockRestore();

  const readings = (await read((db) => db.getAll('outbox'))).map(({ hlc }) => hlc);
  expect([...readings].sort()).toEqual(readings);
  expect(new Set(readings).size).toBe(4);
});

test('a restored server that nothing waits for is told everything again', async () => {
  for (let sale = 0; sale < 5; sale++) await sell();
  const sending = sender();
  await sending.drain();
  server.restore(2);

  await followGeneration(server.generation);
  await sending.drain();

  expect(server.booked.size).toBe(5);
  await followGeneration(server.generation);
  expect((await countOutbox()).unsent).toBe(0);
});

test('an outbox whose answer could not be written down sends the same again', async () => {
  await sell();
  const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(() => {
    throw new DOMException('the disk is full', 'QuotaExceededError');
  });

  await sender().drain();

  expect(heard.map(({ kind }) => kind)).toEqual(['not_noted', 'delivered']);
  expect([server.booked.size, server.duplicates]).toEqual([1, 1]);
  expect(await countOutbox()).toEqual({ unsent: 0, attention: 0 });
  put.mockRestore();
});

test('old sales go with their operations, and one that still waits stays', async () => {
  const rung_at = Date.now();
  const kept = { rung_at, shift_id: 's', person_id: 1, total_minor: 1, returns_sale_id: null, body: {}, receipt: {} };
  for (const id of ['sent', 'waiting']) {
    await record((book) => {
      const { number } = book.number('sale');
      book.operation('sale', { number }, { id, person_id: 1, shift_id: 's' });
      book.put('sales', { ...kept, id, number });
    });
    if (id === 'sent') await sender().drain();
  }

  await pruneLog(rung_at + 36 * 24 * 3_600_000);

  expect(await read((db) => db.getAllKeys('sales'))).toEqual(['waiting']);
});

test('a push is cut at sale 250 and a part of it is bad: the good ones are booked, the bad one is kept with its reason', async () => {
  for (let sale = 0; sale < 500; sale++) await sell();
  let cut = false;
  server.network = () => (!cut && server.booked.size >= 250 ? ((cut = true), 'reply_lost') : 'well');
  server.judge = ({ seq, id }) => (seq === 300 ? { id, verdict: 'rejected', error: { code: 'not_valid' } } : null);

  await sender().drain();

  expect(cut).toBe(true);
  expect(server.booked.size).toBe(499);
  expect(await countOutbox()).toEqual({ unsent: 0, attention: 1 });
  expect((await needsAttention())[0]).toMatchObject({ seq: 300, error: { code: 'not_valid' } });
});
