/**
 * Every screen of the app in one table. Each folder of `screens/` lists its own in `routes.ts`:
 *
 *   export const routes: Route[] = [
 *     { path: '/office/items/:id', title: 'office.item', access: 'office', load: () => import('./items/Item.svelte') },
 *   ];
 *
 * `path` is what follows /app; `:name` parts reach the screen as `params`. `load` makes a chunk of its own.
 * Tests walk this table (axe, pictures, languages): a screen that is not here does not exist.
 */
import type { Component } from 'svelte';
import type { Key } from './state/i18n.svelte.ts';

/** public: anyone · paired: a paired terminal · person: someone signed in at a paired terminal · office: someone with back-office rights. */
export type Access = 'public' | 'paired' | 'person' | 'office';

export interface ScreenProps {
  params: Record<string, string>;
}

/** A screen that wants nothing of its path may leave `params` out. */
export type Screen = Component<ScreenProps> | Component<Record<string, never>>;

export interface Route {
  path: string;
  title: Key;
  access: Access;
  /** Needed besides; without it the screen is not offered and shows why. */
  right?: string;
  /** Fills the window without the rail (pairing, sign-in, customer display). */
  bare?: boolean;
  load: () => Promise<{ default: Screen }>;
}

const parts = import.meta.glob<{ routes: Route[] }>('./screens/*/routes.ts', { eager: true });

export const routes: Route[] = Object.values(parts).flatMap((part) => part.routes);

export interface Match {
  route: Route;
  params: Record<string, string>;
}

/** The route of a path below /app, or null. A path without parameters wins over one with. */
export function match(path: string, table: Route[] = routes): Match | null {
  const found = table.map((route) => ({ route, params: paramsOf(route.path, path) })).filter((each) => each.params !== null);
  found.sort((a, b) => Object.keys(a.params!).length - Object.keys(b.params!).length);
  return (found[0] as Match | undefined) ?? null;
}

function paramsOf(pattern: string, path: string): Record<string, string> | null {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(given[index]);
    else if (part !== given[index]) return null;
  }
  return params;
}
