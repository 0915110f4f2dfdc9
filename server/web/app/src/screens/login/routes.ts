import type { Route } from '../../routes.ts';

export const routes: Route[] = [
  { path: '/login', title: 'login.title', access: 'paired', bare: true, load: () => import('./Login.svelte') },
  { path: '/sign-in', title: 'login.office_title', access: 'public', bare: true, load: () => import('./SignIn.svelte') },
];
