/** What the till's state needs of a browser besides IndexedDB: two storages, languages, a channel that nobody hears. Import it first. */
import '../data/browser.ts';

class Storage {
  private readonly rows = new Map<string, string>();
  getItem = (key: string): string | null => this.rows.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.rows.set(key, value);
  removeItem = (key: string): void => void this.rows.delete(key);
}

Object.assign(globalThis, { localStorage: new Storage(), sessionStorage: new Storage() });
Object.assign(navigator, { languages: ['az'] });
Object.assign(globalThis, {
  document: { documentElement: { dataset: {}, lang: '' }, addEventListener: () => undefined, removeEventListener: () => undefined, visibilityState: 'visible' },
  location: { pathname: '/app/till', search: '' },
  history: { pushState: () => undefined, replaceState: () => undefined },
  window: Object.assign(new EventTarget(), { setTimeout, clearTimeout, setInterval, clearInterval }),
});
globalThis.fetch = () => Promise.reject(new TypeError('the network is gone'));
