/**
 * Short-lived news from the server: hints that something changed, scans, weights, device states, device jobs.
 * The tab with lock `sse` holds the only stream and tells the others (HTTP/1.1 allows six connections an origin).
 * An event may be lost at any time: data always comes from `sync`.
 */
import { hear, tell } from './channel.ts';
import { lead } from './locks.ts';

export interface ServerEvents {
  open: Record<string, never>;
  lost: Record<string, never>;
  hint: { cursor: number };
  scan: { code: string; symbology: string; device_id: number; event_id?: string };
  weight: { grams: number; stable: boolean; device_id: number };
  device: { id: number; state: string };
  job: { id: string; op: string; stage: string; cause_id: string };
}

export type EventName = keyof ServerEvents;

const SILENCE_MS = 40_000;
const REOPEN_FIRST_MS = 500;
const REOPEN_MOST_MS = 30_000;
const NAMES: EventName[] = ['hint', 'scan', 'weight', 'device', 'job'];

type Listener = (detail: never) => void;
const listeners = new Map<EventName, Set<Listener>>();

/** Hears one kind of event in every tab. Returns the way to stop. */
export function onEvent<Name extends EventName>(name: Name, listener: (detail: ServerEvents[Name]) => void): () => void {
  const set = listeners.get(name) ?? new Set();
  listeners.set(name, set.add(listener as Listener));
  return () => set.delete(listener as Listener);
}

/** Starts listening in this tab; the leading tab opens the stream. */
export function startEvents(address = '/api/v1/stream'): () => void {
  const deaf = hear((message) => {
    if (message.kind === 'event') deliver(message.name as EventName, message.detail);
  });
  const resign = lead('sse', () => keepOpen(address));
  return () => {
    deaf();
    resign();
  };
}

function keepOpen(address: string): () => void {
  let stream: EventSource | null = null;
  let watchdog = 0;
  let reopening = 0;
  let pauseMs = REOPEN_FIRST_MS;

  function open(): void {
    close();
    stream = new EventSource(address);
    stream.onopen = () => {
      pauseMs = REOPEN_FIRST_MS;
      announce('open', {});
      heard();
    };
    stream.onerror = () => {
      announce('lost', {});
      if (stream?.readyState === EventSource.CLOSED) later(); // After a 502 the browser itself does not try again.
    };
    stream.addEventListener('ping', heard);
    for (const name of NAMES) {
      stream.addEventListener(name, (event) => {
        heard();
        announce(name, parse((event as MessageEvent<string>).data));
      });
    }
    heard();
  }

  function heard(): void {
    clearTimeout(watchdog);
    watchdog = window.setTimeout(open, SILENCE_MS);
  }

  function later(): void {
    clearTimeout(reopening);
    reopening = window.setTimeout(open, pauseMs * (0.5 + Math.random() / 2));
    pauseMs = Math.min(pauseMs * 2, REOPEN_MOST_MS);
  }

  function close(): void {
    clearTimeout(watchdog);
    clearTimeout(reopening);
    stream?.close();
    stream = null;
  }

  const seen = () => {
    if (document.visibilityState === 'visible' && stream?.readyState !== EventSource.OPEN) open();
  };
  document.addEventListener('visibilitychange', seen);
  open();
  return () => {
    document.removeEventListener('visibilitychange', seen);
    close();
  };
}

function announce(name: EventName, detail: unknown): void {
  deliver(name, detail);
  tell({ kind: 'event', name, detail });
}

function deliver(name: EventName, detail: unknown): void {
  for (const listener of listeners.get(name) ?? []) listener(detail as never);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
