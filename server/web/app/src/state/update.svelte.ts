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
}

export const update = new Update();

const BUSY = 'busy';
const releases = new Map<string, () => void>();
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
  void navigator.locks.request(BUSY, { mode: 'shared' }, () => over);
}

export async function startUpdates(): Promise<void> {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
  const controlled = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener('controllerchange', () => controlled && location.reload());
  const registration = await navigator.serviceWorker.register('/app/sw.js', { scope: '/app/', type: 'module', updateViaCache: 'none' });
  watch(registration);
  setInterval(() => void registration.update().catch(() => undefined), CHECK_MS);
}

/** Whether the new version could start now without losing anything. */
export async function mayUpdate(): Promise<boolean> {
  if (!update.waiting || releases.size > 0) return false;
  const { held = [] } = await navigator.locks.query();
  const carts = await read((db) => db.count('cart'));
  return carts === 0 && !held.some((lock) => lock.name === BUSY) && (await countOutbox()).unsent === 0;
}

/** Starts the new version if nothing goes on. Returns whether it does; the page then reloads. */
export async function applyUpdate(): Promise<boolean> {
  if (!(await mayUpdate())) return false;
  worker?.postMessage('apply');
  return true;
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
