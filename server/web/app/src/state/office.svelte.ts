/**
 * What every page of the back office needs beside its own rows: branches, registers, categories and the like. They are
 * few, so each list is fetched whole, once, and again by `renew` after a change. Instants are told on the branch's clock.
 *
 *   office.need('categories', 'units');      office.find('categories', item.category_id)?.name
 */
import { localMinute } from '../core/clock.ts';
import { formatMoment, formatMoney } from '../core/format.ts';
import { get } from '../data/api.ts';
import { language } from './i18n.svelte.ts';
import type { Branch, Category, Company, Page, Register, Role, TaxClass, TenderType, Unit, Warehouse } from './office_types.ts';

interface Lists {
  branches: Branch[];
  categories: Category[];
  registers: Register[];
  roles: Role[];
  taxClasses: TaxClass[];
  tenderTypes: TenderType[];
  units: Unit[];
  warehouses: Warehouse[];
}

export type ListName = keyof Lists;
type Row<Name extends ListName> = Lists[Name][number];

const PATHS: Record<ListName, string> = {
  branches: '/stores/branches',
  categories: '/catalog/categories',
  registers: '/cash/registers',
  roles: '/staff/roles',
  taxClasses: '/catalog/tax-classes',
  tenderTypes: '/cash/tender-types',
  units: '/catalog/units',
  warehouses: '/stock/warehouses',
};
const PAGED = new Set<ListName>(['categories']);
const PAGE = 200;
const HOME_ZONE = 'Asia/Baku';

class Office {
  private lists = $state.raw<Partial<Lists>>({});
  company = $state.raw<Company | null>(null);
  private asked = new Map<ListName | 'company', Promise<void>>();

  /** Fetches the lists that are not here yet. Raises: NoConnection, Problem; the next call tries again. */
  async need(...names: (ListName | 'company')[]): Promise<void> {
    await Promise.all(names.map((name) => this.asked.get(name) ?? this.renew(name)));
  }

  /** Fetches a list again, after it was changed. */
  renew(name: ListName | 'company'): Promise<void> {
    const asking = (name === 'company' ? this.fetchCompany() : this.fetchList(name)).catch((error: unknown) => {
      this.asked.delete(name);
      throw error;
    });
    this.asked.set(name, asking);
    return asking;
  }

  all<Name extends ListName>(name: Name): Row<Name>[] {
    return (this.lists[name] ?? []) as Row<Name>[];
  }

  find<Name extends ListName>(name: Name, id: number | null | undefined): Row<Name> | null {
    return this.all(name).find((row) => row.id === id) ?? null;
  }

  zone(branchId?: number | null): string {
    return (this.find('branches', branchId) ?? this.all('branches')[0])?.timezone ?? HOME_ZONE;
  }

  get currency(): string {
    return this.company?.currency ?? 'AZN';
  }

  /** An instant of the wire on the branch's clock, in the language of the screen. */
  moment(iso: string, branchId?: number | null): string {
    return formatMoment(localMinute(Date.parse(iso), this.zone(branchId)), language());
  }

  money(amount_minor: number): string {
    return formatMoney(amount_minor, language(), this.currency);
  }

  private async fetchList(name: ListName): Promise<void> {
    const query: Record<string, string | number | null> = PAGED.has(name) ? { limit: PAGE } : {};
    let page = await get<Page<Row<ListName>>>(PATHS[name], { query });
    const rows = page.rows;
    while (PAGED.has(name) && page.next !== null) {
      page = await get<Page<Row<ListName>>>(PATHS[name], { query: { ...query, cursor: page.next } });
      rows.push(...page.rows);
    }
    this.lists = { ...this.lists, [name]: rows };
  }

  private async fetchCompany(): Promise<void> {
    this.company = await get<Company>('/stores/company');
  }
}

export const office = new Office();
