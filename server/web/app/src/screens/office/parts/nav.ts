/** The pages of the back office in their groups, by the rights of whoever is signed in. A later module adds its line. */
import Banknote from '@lucide/svelte/icons/banknote';
import Boxes from '@lucide/svelte/icons/boxes';
import Building from '@lucide/svelte/icons/building-2';
import Clock from '@lucide/svelte/icons/clock';
import Flag from '@lucide/svelte/icons/flag';
import FolderTree from '@lucide/svelte/icons/folder-tree';
import House from '@lucide/svelte/icons/house';
import KeyRound from '@lucide/svelte/icons/key-round';
import ListChecks from '@lucide/svelte/icons/list-checks';
import Monitor from '@lucide/svelte/icons/monitor';
import Printer from '@lucide/svelte/icons/printer';
import ReceiptText from '@lucide/svelte/icons/receipt-text';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Tag from '@lucide/svelte/icons/tag';
import Users from '@lucide/svelte/icons/users';
import type { Key } from '../../../state/i18n.svelte.ts';
import { can } from '../../../state/session.svelte.ts';

export interface Entry {
  path: string;
  title: Key;
  icon: unknown;
  right?: string;
}

export interface Group {
  title: Key | null;
  entries: Entry[];
}

const GROUPS: Group[] = [
  { title: null, entries: [{ path: '/office', title: 'office.today', icon: House }] },
  {
    title: 'office.goods',
    entries: [
      { path: '/office/items', title: 'office.items', icon: Tag, right: 'catalog.see' },
      { path: '/office/categories', title: 'office.categories', icon: FolderTree, right: 'catalog.see' },
      { path: '/office/stock', title: 'office.stock', icon: Boxes, right: 'stock.see' },
    ],
  },
  {
    title: 'office.selling',
    entries: [
      { path: '/office/sales', title: 'office.sales', icon: ReceiptText, right: 'sales.see_all' },
      { path: '/office/shifts', title: 'office.shifts', icon: Clock, right: 'shift.see_expected' },
      { path: '/office/events', title: 'office.events', icon: ScrollText, right: 'sales.see_all' },
      { path: '/office/flags', title: 'office.flags', icon: Flag, right: 'flags.settle' },
    ],
  },
  {
    title: 'office.team',
    entries: [
      { path: '/office/people', title: 'office.people', icon: Users, right: 'staff.manage' },
      { path: '/office/roles', title: 'office.roles', icon: KeyRound, right: 'staff.manage' },
    ],
  },
  {
    title: 'office.hardware',
    entries: [
      { path: '/office/terminals', title: 'office.terminals', icon: Monitor, right: 'device.manage' },
      { path: '/office/devices', title: 'office.devices', icon: Printer, right: 'device.manage' },
      { path: '/office/jobs', title: 'office.jobs', icon: ListChecks, right: 'device.manage' },
    ],
  },
  {
    title: 'office.settings',
    entries: [
      { path: '/office/company', title: 'office.company', icon: Building, right: 'settings.manage' },
      { path: '/office/registers', title: 'office.registers', icon: Banknote, right: 'settings.manage' },
    ],
  },
];

/** The groups in which there is something for this person. */
export function groups(): Group[] {
  const offered = ({ right }: Entry) => right === undefined || can(right);
  return GROUPS.map((group) => ({ ...group, entries: group.entries.filter(offered) })).filter((group) => group.entries.length > 0);
}

/** Branches stand on the page of their company. */
const BELOW: Record<string, string> = { '/office/branches': '/office/company' };

/** Whether a path lies at an entry or below it. */
export function isAt(entry: Entry, path: string): boolean {
  const above = Object.keys(BELOW).find((one) => path.startsWith(`${one}/`));
  if (above) return BELOW[above] === entry.path;
  return path === entry.path || (entry.path !== '/office' && path.startsWith(`${entry.path}/`));
}
