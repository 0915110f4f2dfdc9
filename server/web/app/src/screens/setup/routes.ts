import type { Route } from '../../routes.ts';

export const routes: Route[] = [{ path: '/setup', title: 'setup.title', access: 'public', bare: true, load: () => import('./Setup.svelte') }];
