import type { Route } from '../../routes.ts';

const page = (path: string, title: Route['title'], load: Route['load'], right?: string): Route => ({ path, title, access: 'office', right, load });

export const routes: Route[] = [
  page('/office', 'office.today', () => import('./home/Home.svelte')),
  page('/office/items', 'office.items', () => import('./items/Items.svelte'), 'catalog.see'),
  page('/office/items/new', 'office.item_new', () => import('./items/NewItem.svelte'), 'catalog.edit'),
  page('/office/items/import', 'office.import_title', () => import('./items/Import.svelte'), 'catalog.import'),
  page('/office/items/:id', 'office.item', () => import('./items/ItemPage.svelte'), 'catalog.see'),
  page('/office/categories', 'office.categories', () => import('./categories/Categories.svelte'), 'catalog.see'),
  page('/office/stock', 'office.stock', () => import('./stock/Stock.svelte'), 'stock.see'),
  page('/office/stock/entry', 'office.entry_new', () => import('./stock/Entry.svelte'), 'stock.adjust'),
  page('/office/stock/:id', 'office.moves', () => import('./stock/Moves.svelte'), 'stock.see'),
  page('/office/sales', 'office.sales', () => import('./sales/Sales.svelte'), 'sales.see_all'),
  page('/office/sales/:id', 'office.receipt', () => import('./sales/SalePage.svelte'), 'sales.see_all'),
  page('/office/events', 'office.events', () => import('./sales/Events.svelte'), 'sales.see_all'),
  page('/office/shifts', 'office.shifts', () => import('./shifts/Shifts.svelte'), 'shift.see_expected'),
  page('/office/shifts/:id', 'office.shift', () => import('./shifts/ShiftPage.svelte'), 'shift.see_expected'),
  page('/office/flags', 'office.flags', () => import('./flags/Flags.svelte'), 'flags.settle'),
];
