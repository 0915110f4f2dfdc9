import type { Route } from '../../routes.ts';

export const routes: Route[] = [
  { path: '/shift', title: 'common.shift', access: 'person', load: () => import('./Shift.svelte') },
  { path: '/shift/:id', title: 'shift.z_report', access: 'person', load: () => import('./ZReport.svelte') },
];
