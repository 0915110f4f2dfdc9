import type { Route } from '../../routes.ts';

export const routes: Route[] = [
  { path: '/till', title: 'common.till', access: 'person', right: 'sale.ring', bare: true, load: () => import('./Till.svelte') },
];
