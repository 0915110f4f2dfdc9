/**
 * The service worker: the whole app is kept on the device, so that it starts with the server gone.
 * Hashed files come from the cache; the page comes from the cache too and is renewed by the next version of this file;
 * /api/ is never touched. A new version waits until the page says that nothing goes on (`state/update.svelte.ts`).
 */
declare const self: ServiceWorkerGlobalScope;

interface Precache {
  version: string;
  files: string[];
}

const precache = JSON.parse('__PRECACHE__') as Precache;
const CACHE = `app-${precache.version}`;
const SHELL = '/app/';
const SCOPE = '/app/';

self.addEventListener('install', (event) => event.waitUntil(fill()));
self.addEventListener('activate', (event) => event.waitUntil(takeOver()));
self.addEventListener('message', (event) => {
  if (event.data === 'apply') void self.skipWaiting();
});
self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin || !url.pathname.startsWith(SCOPE)) return;
  if (event.request.mode === 'navigate') event.respondWith(shell(event.request));
  else if (precache.files.includes(url.pathname)) event.respondWith(kept(event.request));
});

/** Keeps every file of this version; files that an earlier version kept are not fetched again. */
async function fill(): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all(precache.files.map((file) => keepOne(cache, file)));
}

async function keepOne(cache: Cache, file: string): Promise<void> {
  const known = file.includes('/assets/') ? await caches.match(file) : undefined;
  const response = known ?? (await fetch(file, { cache: 'no-cache', credentials: 'same-origin' }));
  if (!response.ok) throw new Error(`${file}: ${response.status}`);
  await cache.put(file, response);
}

async function takeOver(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith('app-') && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function shell(request: Request): Promise<Response> {
  return (await (await caches.open(CACHE)).match(SHELL)) ?? fetch(request);
}

async function kept(request: Request): Promise<Response> {
  return (await (await caches.open(CACHE)).match(request.url)) ?? fetch(request);
}

export {};
