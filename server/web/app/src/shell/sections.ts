/** The sections that rail and menu offer, by the rights of whoever is signed in. */
import Clock from '@lucide/svelte/icons/clock';
import LayoutDashboard from '@lucide/svelte/icons/layout-dashboard';
import ReceiptText from '@lucide/svelte/icons/receipt-text';
import ShoppingCart from '@lucide/svelte/icons/shopping-cart';
import { match } from '../routes.ts';
import type { Key } from '../state/i18n.svelte.ts';
import { can, session } from '../state/session.svelte.ts';
import { terminal } from '../state/terminal.svelte.ts';

export interface Section {
  path: string;
  title: Key;
  icon: unknown;
}

export function sections(): Section[] {
  const selling = session.person !== null && terminal.paired !== null;
  const all: (Section & { offered: boolean })[] = [
    { path: '/till', title: 'common.till', icon: ShoppingCart, offered: selling && can('sale.ring') },
    { path: '/receipts', title: 'common.receipts', icon: ReceiptText, offered: selling && can('sale.ring') },
    { path: '/shift', title: 'common.shift', icon: Clock, offered: selling },
    { path: '/office', title: 'common.office', icon: LayoutDashboard, offered: session.mayManage },
  ];
  return all.filter((section) => section.offered && match(section.path) !== null);
}

/** Whether a path lies in a section. */
export function isIn(section: Section, path: string): boolean {
  return path === section.path || path.startsWith(`${section.path}/`);
}
