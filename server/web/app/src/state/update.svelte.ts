/**
 * New versions of the app. A new service worker waits; it is applied only when nothing is going on: the till says so by
 * `busyWith(name, true)` while its cart has lines, and nothing may wait in the outbox. Closing a shift asks as well.
 */
import { countOutbox } from '../data/outbox.ts';

const CHECK_MS = 30 * 60_000;

class Update {
  /** A new version is on the device and waits. */
  waiting = $state(false);
}

export const update = new Update();

const busy = new Set<string>();
let worker: ServiceWorker | null = null;

/** Says that something goes on that an update must not interrupt (an open cart), or that it ended. */
export function busyWith(name: string, isBusy: boolean): void {
  if (isBusy) busy.add(name);
  else busy.delete(name);
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
  return update.waiting && busy.size === 0 && (await countOutbox()).unsent === 0;
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
