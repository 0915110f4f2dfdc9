import type { Route } from '../../routes.ts';

export const routes: Route[] = [
  { path: '/receipts', title: 'common.receipts', access: 'person', right: 'sale.ring', load: () => import('./Receipts.svelte') },
  { path: '/receipts/:id', title: 'till.receipt', access: 'person', right: 'sale.ring', load: () => import('./ReceiptView.svelte') },
];
