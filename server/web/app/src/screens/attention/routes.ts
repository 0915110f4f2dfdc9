import type { Route } from '../../routes.ts';

export const routes: Route[] = [{ path: '/attention', title: 'common.attention_title', access: 'paired', load: () => import('./Attention.svelte') }];
