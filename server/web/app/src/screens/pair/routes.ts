import type { Route } from '../../routes.ts';

export const routes: Route[] = [{ path: '/pair', title: 'login.pair_title', access: 'public', bare: true, load: () => import('./Pair.svelte') }];
