import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { newDevice, settled } from './browser.ts';
import { onEvent, type EventName, startEvents } from '../../../src/data/events.ts';

type Heard = (event: { data?: string }) => void;

/** An EventSource whose server the test plays. */
class Stream {
  static all: Stream[] = [];
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  readonly address: string;
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  private readonly listeners = new Map<string, Heard[]>();

  constructor(address: string) {
    this.address = address;
    Stream.all.push(this);
  }

  addEventListener(name: string, listener: Heard): void {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener]);
  }

  close(): void {
    this.readyState = Stream.CLOSED;
  }

  opens(): void {
    this.readyState = Stream.OPEN;
    this.onopen?.();
  }

  says(name: string, data = '{}'): void {
    for (const listener of this.listeners.get(name) ?? []) listener({ data });
  }

  /** 0: the browser itself tries again. 2: it gave up, as after a 502. */
  fails(readyState: 0 | 2): void {
    this.readyState = readyState;
    this.onerror?.();
  }
}

const seen = new EventTarget() as EventTarget & { visibilityState: string };
let heard: [EventName, unknown][];
let stops: (() => void)[];

beforeEach(async () => {
  await newDevice();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  Stream.all = [];
  Object.assign(seen, { visibilityState: 'visible' });
  vi.stubGlobal('EventSource', Stream);
  vi.stubGlobal('document', seen);
  vi.stubGlobal('window', { setTimeout: (...parts: Parameters<typeof setTimeout>) => setTimeout(...parts) });
  vi.spyOn(Math, 'random').mockReturnValue(1);
  heard = [];
  stops = (['open', 'lost', 'hint', 'scan'] as const).map((name) => onEvent(name, (detail) => heard.push([name, detail])));
  stops.push(startEvents('/stream'));
  await settled();
});

afterEach(() => {
  for (const stop of stops) stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const last = () => Stream.all.at(-1)!;
const names = () => heard.map(([name]) => name);

test('what the server says is heard, each kind by those who asked for it', () => {
  last().opens();
  last().says('hint', '{"cursor": 7}');
  last().says('scan', '{"code": "4760000000013"}');
  last().says('weight', '{"grams": 5}');

  expect(heard).toEqual([['open', {}], ['hint', { cursor: 7 }], ['scan', { code: '4760000000013' }]]);
});

test('one tab holds the stream; when it goes the next one opens its own', async () => {
  const stopSecond = startEvents('/second');
  await settled();
  expect(Stream.all.map(({ address }) => address)).toEqual(['/stream']);

  stops.pop()!();
  await settled();

  expect(Stream.all.map(({ address }) => address)).toEqual(['/stream', '/second']);
  expect(Stream.all[0].readyState).toBe(Stream.CLOSED);
  stops.push(stopSecond);
});

test('half-open: forty seconds without a word, and the stream is opened anew; a ping keeps it', () => {
  last().opens();
  vi.advanceTimersByTime(39_000);
  last().says('ping');
  vi.advanceTimersByTime(39_000);
  expect(Stream.all).toHaveLength(1);

  vi.advanceTimersByTime(1_000);

  expect(Stream.all).toHaveLength(2);
  expect(Stream.all[0].readyState).toBe(Stream.CLOSED);
});

test('while the browser tries again by itself nothing is opened beside it', () => {
  last().opens();
  last().fails(0);
  vi.advanceTimersByTime(10_000);

  expect([Stream.all.length, names()]).toEqual([1, ['open', 'lost']]);
});

test('a stream that the browser gave up is opened again with growing pauses, up to thirty seconds', () => {
  const pauses: number[] = [];
  for (let time = 0; time < 9; time++) {
    const before = Stream.all.length;
    last().fails(2);
    let waited = 0;
    while (Stream.all.length === before) {
      vi.advanceTimersByTime(500);
      waited += 500;
    }
    pauses.push(waited);
  }
  expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);

  last().opens();
  last().fails(2);
  vi.advanceTimersByTime(500);
  expect(Stream.all).toHaveLength(11);
});

test('a page that is seen again does not wait for the pause', () => {
  last().fails(2);

  seen.dispatchEvent(new Event('visibilitychange'));

  expect(Stream.all).toHaveLength(2);
  last().opens();
  seen.dispatchEvent(new Event('visibilitychange'));
  expect(Stream.all).toHaveLength(2);
});

test('what cannot be read is heard as nothing, and the stream goes on', () => {
  last().opens();
  last().says('hint', '{"cursor":');
  last().says('hint', '{"cursor": 8}');

  expect(heard.slice(1)).toEqual([['hint', {}], ['hint', { cursor: 8 }]]);
});

test('news reach the other tabs', async () => {
  const other = new BroadcastChannel('aisales');
  const told = new Promise<unknown>((resolve) => (other.onmessage = (event: MessageEvent) => resolve(event.data)));

  last().says('scan', '{"code": "42"}');

  expect(await told).toEqual({ kind: 'event', name: 'scan', detail: { code: '42' } });
  other.close();
});
