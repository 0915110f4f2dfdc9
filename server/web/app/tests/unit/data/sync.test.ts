import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { newDevice } from './browser.ts';
import { bootstrap, pull } from '../../../src/data/sync.ts';
import { replica } from '../../../src/data/replica.ts';
import type { Change, Person } from '../../../src/data/wire.ts';

const columns = (names: string[]) => Object.fromEntries(names.map((name) => [name, [] as unknown[]]));
const snapshot = (cursor: number) => ({
  schema: 1,
  cursor,
  items: columns(['id', 'name', 'sku', 'category_id', 'unit_id', 'tax_class_id', 'is_weighed', 'plu', 'quick_position', 'by_name']),
  barcodes: columns(['code', 'item_id', 'quantity_milli']),
  prices: columns(['id', 'item_id', 'list_id', 'branch_id', 'amount_minor', 'kind', 'from_at', 'until_at']),
  categories: [], units: [], tax_classes: [], label_templates: [],
});

/** A server that keeps a change log from `oldest` on. */
class Feed {
  log: Change[] = [];
  oldest = 0;
  head = 10;
  bootstraps = 0;
  pages: string[] = [];

  answer = async (address: string): Promise<Response> => {
    const url = new URL(address, 'http://market.localhost');
    if (url.pathname.endsWith('/bootstrap')) return this.bootstrap();
    if (url.pathname.includes('/snapshot/')) return json(snapshot(this.head));
    return this.changes(Number(url.searchParams.get('cursor')));
  };

  add(id: number, name: string): void {
    this.head++;
    this.log.push({ seq: this.head, topic: 'people', kind: 'person', op: 'put', id, rev: this.head, row: { id, name, language: 'az', rights: [] } });
  }

  private bootstrap(): Response {
    this.bootstraps++;
    const branch = { id: 1, code: 'B', name: 'B', timezone: 'Asia/Baku', cut_off_min: 300, language: 'az' };
    const empty = { registers: [], tender_types: [], tax_rates: [], people: [], settings: [] };
    return json({ schema: 1, cursor: this.head, generation: 1, server_at: '2026-11-24T12:00:00Z', branch, ...empty, catalogue: { url: '/api/v1/sync/snapshot/1.json', rows: 0, sha256: '' } });
  }

  private changes(cursor: number): Response {
    this.pages.push(String(cursor));
    if (cursor < this.oldest) return json({ code: 'reset' }, 410);
    const page = this.log.filter((change) => change.seq > cursor).slice(0, 2);
    const to = page.at(-1)?.seq ?? this.head;
    return json({ from: cursor, to, more: to < this.head, changes: page });
  }
}

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
const names = () => replica.all<Person>('person').map((person) => person.name);
let feed: Feed;

beforeEach(async () => {
  await newDevice();
  feed = new Feed();
  vi.stubGlobal('fetch', feed.answer);
  await bootstrap();
});

afterEach(() => vi.unstubAllGlobals());

test('changes come page by page until there are no more', async () => {
  for (let id = 1; id <= 5; id++) feed.add(id, `Kassir ${id}`);

  await pull();

  expect(names()).toHaveLength(5);
  expect(replica.held?.cursor).toBe(feed.head);
});

test('calls that come while one runs share the next one', async () => {
  feed.add(1, 'Aysel');
  const before = feed.pages.length;

  await Promise.all([pull(), pull(), pull(), pull()]);

  expect(feed.pages.length - before).toBeLessThanOrEqual(2);
  expect(names()).toEqual(['Aysel']);
});

test('a cursor that the server no longer keeps fills the device again', async () => {
  feed.add(1, 'Aysel');
  feed.oldest = feed.head + 1;
  feed.head += 5;

  await pull();

  expect(feed.bootstraps).toBe(2);
  expect(replica.held?.cursor).toBe(feed.head);
});

test('the cursor stays where it was when the network goes', async () => {
  feed.add(1, 'Aysel');
  const before = replica.held?.cursor;
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('Failed to fetch');
  });

  await expect(pull()).rejects.toThrow();
  vi.stubGlobal('fetch', feed.answer);
  expect(replica.held?.cursor).toBe(before);
  await pull();

  expect(names()).toEqual(['Aysel']);
});
