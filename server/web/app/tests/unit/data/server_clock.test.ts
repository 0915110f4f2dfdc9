import { afterEach, expect, test, vi } from 'vitest';
import { get, post } from '../../../src/data/api.ts';
import { learnServerTime, serverTimeAtLeast } from '../../../src/data/server_clock.ts';

afterEach(() => vi.unstubAllGlobals());

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
