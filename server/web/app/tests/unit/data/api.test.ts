import { afterEach, expect, test, vi } from 'vitest';
import { actAs, get, NoConnection, onRefused, post, Problem } from '../../../src/data/api.ts';

interface Sent {
  address: string;
  init: RequestInit & { headers: Record<string, string> };
}

const sent: Sent[] = [];

function answerWith(status: number, body: unknown, headers: Record<string, string> = {}): void {
  vi.stubGlobal('fetch', async (address: string, init: Sent['init']) => {
    sent.push({ address, init });
    return new Response(status === 204 ? null : JSON.stringify(body), { status, headers });
  });
}

afterEach(() => {
  sent.length = 0;
  actAs(null);
  vi.unstubAllGlobals();
});

test('a changing request says that it comes from the app, and a key makes it safe to repeat', async () => {
  answerWith(200, { id: 1 });

  expect(await post('/catalog/items', { name: 'Süd' }, { key: 'k-1' })).toEqual({ id: 1 });

  expect(sent[0].address).toBe('/api/v1/catalog/items');
  expect(sent[0].init.headers).toMatchObject({ 'X-AISales': '1', 'Idempotency-Key': 'k-1', 'Content-Type': 'application/json' });
});

test('a request names the person at the till, a request of the terminal itself does not', async () => {
  answerWith(200, {});
  actAs(7);

  await get('/staff/me');
  await get('/sync/changes', { asTerminal: true });

  expect(sent.map((each) => each.init.headers['X-AISales-Person'])).toEqual(['7', undefined]);
});

test('empty parts of a query are left out', async () => {
  answerWith(200, {});

  await get('/catalog/items', { query: { q: 'çay', cursor: null, limit: 50, sort: '' } });

  expect(sent[0].address).toBe('/api/v1/catalog/items?q=%C3%A7ay&limit=50');
});

test('a refusal is a problem with code, fields and the pause that it names', async () => {
  answerWith(503, { code: 'busy', params: { seconds: 3 }, errors: [{ field: 'name', code: 'required' }] }, { 'Retry-After': '3' });

  const problem = await post('/x').catch((error: unknown) => error);

  expect(problem).toBeInstanceOf(Problem);
  expect(problem).toMatchObject({ status: 503, code: 'busy', params: { seconds: 3 }, retryAfterMs: 3000 });
  expect((problem as Problem).errors[0]).toMatchObject({ field: 'name', code: 'required' });
});

test('an error page that is no problem document still has a code', async () => {
  vi.stubGlobal('fetch', async () => new Response('<html>', { status: 502 }));

  expect(await get('/x').catch((error: unknown) => error)).toMatchObject({ status: 502, code: 'server_trouble' });
});

test('no answer is NoConnection', async () => {
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('Failed to fetch');
  });

  expect(await get('/x').catch((error: unknown) => error)).toBeInstanceOf(NoConnection);
});

test('a reply that breaks off on its way, or a page of some gate in between, is no answer', async () => {
  vi.stubGlobal('fetch', async () => new Response('{"results": [{"id":', { status: 200 }));
  expect(await post('/sync/push').catch((error: unknown) => error)).toBeInstanceOf(NoConnection);

  vi.stubGlobal('fetch', async () => new Response('<html>Welcome to our WiFi', { status: 200 }));
  expect(await get('/sync/changes').catch((error: unknown) => error)).toBeInstanceOf(NoConnection);
});

test('whoever asked hears of each 401', async () => {
  answerWith(401, { code: 'not_signed_in' });
  const heard: string[] = [];
  const deaf = onRefused((problem) => heard.push(problem.code));

  await get('/x').catch(() => undefined);
  deaf();
  await get('/x').catch(() => undefined);

  expect(heard).toEqual(['not_signed_in']);
});

test('an answer without a body is undefined', async () => {
  answerWith(204, null);

  expect(await post('/staff/sign-out')).toBeUndefined();
});
