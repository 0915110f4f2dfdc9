/**
 * New versions of the app. A new service worker waits; it is applied only when nothing goes on in any tab: the till says
 * so by `busyWith('cart', true)` while its cart has lines, and nothing may wait in the outbox. Whoever closes a shift or
 * stands at the sign-in screen applies it.
 */
import { read } from '../data/db.ts';
import { countOutbox } from '../data/outbox.ts';

const CHECK_MS = 30 * 60_000;

class Update {
  /** A new version is on the device and waits. */
  waiting = $state(false);
  /** Somebody wanted it, and only what is not sent yet is in its way: it starts when that is sent. */
  wanted = $state(false);
}

export const update = new Update();

const BUSY = 'busy';
const releases = new Map<string, () => void>();
const ending = new Set<Promise<unknown>>();
let worker: ServiceWorker | null = null;

/**
 * Says that something goes on that an update must not interrupt (an open cart), or that it ended.
 * A shared lock tells the other tabs, which an update would load again as well; it goes when this tab does.
 */
export function busyWith(name: string, isBusy: boolean): void {
  if (isBusy === releases.has(name)) return;
  if (!isBusy) {
    releases.get(name)?.();
    releases.delete(name);
    return;
  }
  const over = new Promise<void>((resolve) => releases.set(name, resolve));
  endsWith(navigator.locks.request(BUSY, { mode: 'shared' }, () => over));
}

/** Something that an update waits for, because it is over on the screen and not yet on disk. */
export function endsWith(work: Promise<unknown>): void {
  const ended: Promise<unknown> = work.catch(() => undefined).finally(() => ending.delete(ended));
  ending.add(ended);
}

export async function startUpdates(): Promise<void> {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
  const controlled = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener('controllerchange', () => controlled && location.reload());
  const registration = await navigator.serviceWorker.register('/app/sw.js', { scope: '/app/', type: 'module', updateViaCache: 'none' });
  watch(registration);
  setInterval(() => void registration.update().catch(() => undefined), CHECK_MS);
}

/** What the new version must wait for: something open in a tab, what is not sent yet, or nothing. */
async function obstacle(): Promise<'open' | 'unsent' | null> {
  if (releases.size > 0) return 'open';
  await Promise.all(ending);
  const { held = [] } = await navigator.locks.query();
  if ((await read((db) => db.count('cart'))) > 0 || held.some((lock) => lock.name === BUSY)) return 'open';
  return (await countOutbox()).unsent > 0 ? 'unsent' : null;
}

/** Starts the new version if nothing goes on; the page then reloads. Returns what it waits for instead. */
export async function applyUpdate(): Promise<'open' | 'unsent' | null> {
  if (!update.waiting) return null;
  const waitsFor = await obstacle();
  update.wanted = waitsFor === 'unsent';
  if (waitsFor === null) worker?.postMessage('apply');
  return waitsFor;
}

function watch(registration: ServiceWorkerRegistration): void {
  const found = (candidate: ServiceWorker | null) => {
    if (!candidate || !navigator.serviceWorker.controller) return;
    worker = candidate;
    update.waiting = true;
  };
  found(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const installing = registration.installing;
    installing?.addEventListener('statechange', () => installing.state === 'installed' && found(installing));
  });
}
