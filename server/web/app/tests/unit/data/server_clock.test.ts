import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { get, post } from '../../../src/data/api.ts';
import { learnServerTime, serverTimeAtLeast, shopTime } from '../../../src/data/server_clock.ts';

const HOUR_MS = 3_600_000;
const SERVER_MS = 1_763_978_400_000;
const kept = new Map<string, string>();

beforeEach(() => {
  kept.clear();
  vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) });
});
afterEach(() => vi.unstubAllGlobals());

test('a tablet whose clock is an hour behind knows the shop’s time, also after a reload without network', async () => {
  learnServerTime(String(SERVER_MS), 5_000, SERVER_MS - HOUR_MS);
  expect(shopTime(SERVER_MS - HOUR_MS + 2_500)).toBe(SERVER_MS + 2_500);

  vi.resetModules();
  const reloaded = await import('../../../src/data/server_clock.ts');

  expect(reloaded.shopTime(SERVER_MS - HOUR_MS + 60_000)).toBe(SERVER_MS + 60_000);
});

test('a disk without room for the note costs no answer, and this page knows the time all the same', () => {
  vi.stubGlobal('localStorage', {
    getItem: () => null,
    setItem: () => {
      throw new DOMException('no room', 'QuotaExceededError');
    },
  });

  learnServerTime(String(SERVER_MS), 5_000, SERVER_MS - 3 * HOUR_MS);

  expect(shopTime(SERVER_MS - 3 * HOUR_MS)).toBe(SERVER_MS);
});

test('before any answer the device’s clock is all there is, and a spoilt note changes nothing', async () => {
  vi.resetModules();
  kept.set('aisales.behind_ms', 'soon');
  const fresh = await import('../../../src/data/server_clock.ts');

  expect(fresh.shopTime(SERVER_MS)).toBe(SERVER_MS);
});

test('what differs by the time of the way is not written down again', () => {
  learnServerTime(String(SERVER_MS), 5_000, SERVER_MS - HOUR_MS);
  const first = kept.get('aisales.behind_ms');
  learnServerTime(String(SERVER_MS), 5_000, SERVER_MS - HOUR_MS + 300);

  expect(kept.get('aisales.behind_ms')).toBe(first);
});

test('the server’s time is counted on from its last answer by the monotonic clock', () => {
  learnServerTime('1763978400000', 5_000);

  expect(serverTimeAtLeast(5_000)).toBe(1_763_978_400_000);
  expect(serverTimeAtLeast(7_500.9)).toBe(1_763_978_402_500);
});

test('what is no time changes nothing', () => {
  learnServerTime('1763978400000', 5_000);

  for (const told of [null, '', 'soon', '-1', '1.5', '9'.repeat(16)]) learnServerTime(told, 9_000);

  expect(serverTimeAtLeast(5_000)).toBe(1_763_978_400_000);
});

test('what a terminal brings says what the server’s clock showed at least when it was sent', async () => {
  const sent: Record<string, string>[] = [];
  vi.stubGlobal('fetch', async (_address: string, init: { headers: Record<string, string> }) => {
    sent.push(init.headers);
    return new Response('{}', { headers: { 'X-AISales-Now': '1763978400000' } });
  });

  await get('/sync/changes', { asTerminal: true });
  await post('/sync/push', { ops: [] }, { asTerminal: true });
  await post('/catalog/items', {});

  expect(Number(sent[1]['X-AISales-Sent-At'])).toBeGreaterThanOrEqual(1_763_978_400_000);
  expect(Number(sent[1]['X-AISales-Sent-At'])).toBeLessThan(1_763_978_460_000);
  expect(sent[0]['X-AISales-Sent-At']).toBeUndefined();
  expect(sent[2]['X-AISales-Sent-At']).toBeUndefined();
});
