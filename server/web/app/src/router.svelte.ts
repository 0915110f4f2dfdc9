/**
 * Where the app is. Links are plain `<a href="/app/…">`; code calls `go('/office')`. The table of screens is `routes.ts`.
 * `location.query` holds what follows the question mark; `setQuery` changes it without a new entry in the history.
 */
import { match } from './routes.ts';

const BASE = '/app';

class Place {
  path = $state(pathNow());
  query = $state.raw(new URLSearchParams(location.search));
  match = $derived(match(this.path));
}

export const place = new Place();

export function go(path: string, options: { replace?: boolean } = {}): void {
  const address = BASE + path;
  if (address === location.pathname + location.search) return;
  if (options.replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  arrive();
}

export function setQuery(query: Record<string, string | null>): void {
  const next = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(query)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  const search = next.toString();
  history.replaceState(null, '', location.pathname + (search ? `?${search}` : ''));
  place.query = next;
}

/** Starts following the browser's back button and plain links inside the app. */
export function startRouter(): void {
  window.addEventListener('popstate', arrive);
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest?.('a');
    if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.origin !== location.origin || !link.pathname.startsWith(`${BASE}/`) || link.target || link.hasAttribute('download')) return;
    event.preventDefault();
    go(link.pathname.slice(BASE.length) + link.search);
  });
}

function arrive(): void {
  place.path = pathNow();
  place.query = new URLSearchParams(location.search);
}

function pathNow(): string {
  const path = location.pathname.slice(BASE.length).replace(/\/+$/, '');
  return path === '' ? '/' : path;
}
