import './browser.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Message } from '../../../src/data/channel.ts';
import { read } from '../../../src/data/db.ts';
import { clock } from '../../../src/state/clock.svelte.ts';
import { net, startNet } from '../../../src/state/net.svelte.ts';
import { payExact } from '../../../src/state/till_sale.svelte.ts';
import { shop } from '../../../src/state/shop.svelte.ts';
import { CARD, MILK, openTill, scan } from './shop.ts';

const DAY_MS = 24 * 3_600_000;
let stop: () => void;
let otherTab: BroadcastChannel;
let server: { pushed: string[]; isAway: boolean; at: number };

beforeEach(async () => {
  await openTill();
  server = { pushed: [], isAway: false, at: Date.now() };
  vi.stubGlobal('fetch', answer);
  vi.stubGlobal('EventSource', class extends EventTarget { close(): void {} });
  otherTab = new BroadcastChannel('aisales');
  await vi.waitFor(async () => expect(await read((db) => db.countFromIndex('outbox', 'unsent'))).toBe(1)); // The opened shift.
});

afterEach(() => {
  stop();
  otherTab.close();
  clock.behind_ms = null;
  vi.unstubAllGlobals();
});

async function answer(address: string, init: RequestInit): Promise<Response> {
  if (server.isAway) throw new TypeError('Failed to fetch');
  const body = address.includes('/push') ? pushed(JSON.parse(init.body as string)) : { from: 700, to: 700, more: false, changes: [] };
  return new Response(JSON.stringify(body), { headers: { Date: new Date(server.at).toUTCString() } });
}

function pushed({ ops }: { ops: { id: string; kind: string }[] }) {
  server.pushed.push(...ops.map(({ kind }) => kind));
  return { results: ops.map(({ id }) => ({ id, verdict: 'accepted', flags: [], error: null })), next_seq: 99, cursor: 700, generation: 1 };
}

function sell() {
  scan(MILK);
  return payExact(shop.tenderTypes.find(({ id }) => id === CARD)!);
}

test('what is recorded is sent at once, and the count says so', async () => {
  stop = startNet(7);
  await vi.waitFor(() => expect(server.pushed).toEqual(['shift_open']));

  await sell();

  await vi.waitFor(() => expect([server.pushed, net.unsent]).toEqual([['shift_open', 'sale'], 0]));
});

test('while the server is away the tab that sends waits with growing pauses, and what another tab records cuts the pause short', async () => {
  server.isAway = true;
  stop = startNet(7);
  await vi.waitFor(() => expect(net.online).toBe(false));
  await new Promise((resolve) => setImmediate(resolve));
  server.isAway = false;

  otherTab.postMessage({ kind: 'outbox' } satisfies Message);

  await vi.waitFor(() => expect(server.pushed).toContain('shift_open'));
});

test('what one tab has sent is no longer counted in the others', async () => {
  const told = new Promise<Message>((resolve) => {
    otherTab.onmessage = (event: MessageEvent<Message>) => event.data.kind === 'sent' && resolve(event.data);
  });

  stop = startNet(7);

  expect(await told).toEqual({ kind: 'sent' });
});

test('a wrong clock of this device is known from any answer, and drops nothing that is young', async () => {
  await sell();
  server.at = Date.now() - 40 * DAY_MS; // This device runs forty days ahead.

  stop = startNet(7);

  await vi.waitFor(() => expect([clock.isWrong, net.unsent]).toEqual([true, 0]));
  expect(await read((db) => db.count('sales'))).toBe(1);
  expect(await read((db) => db.count('outbox'))).toBe(2);
});

test('a clock that is right but for the way of the answer is not called wrong', async () => {
  server.at = Date.now() - 3_000;

  stop = startNet(7);

  await vi.waitFor(() => expect(clock.behind_ms).not.toBeNull());
  expect(clock.isWrong).toBe(false);
});
