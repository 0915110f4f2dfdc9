import type { Route } from '../../routes.ts';

const page = (path: string, title: Route['title'], load: Route['load'], right?: string): Route => ({ path, title, access: 'office', right, load });

export const routes: Route[] = [
  page('/office/items', 'office.items', () => import('./items/Items.svelte'), 'catalog.see'),
  page('/office/items/new', 'office.item_new', () => import('./items/NewItem.svelte'), 'catalog.edit'),
  page('/office/items/import', 'office.import_title', () => import('./items/Import.svelte'), 'catalog.import'),
  page('/office/items/:id', 'office.item', () => import('./items/ItemPage.svelte'), 'catalog.see'),
];
