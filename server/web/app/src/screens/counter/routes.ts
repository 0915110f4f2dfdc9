import type { Route } from '../../routes.ts';

export const routes: Route[] = [{ path: '/counter', title: 'counter.title', access: 'public', load: () => import('./Counter.svelte') }];
