/**
 * The reference rows of this device, for screens. `shop.version` grows with each change, so a `$derived` that reads
 * `shop.catalogue` (which is not reactive) reads it too:
 *
 *   const found = $derived((void shop.version, shop.catalogue.search(text)));
 */
import type { Catalogue } from '../data/catalogue.ts';
import { replica } from '../data/replica.ts';
import type { Branch, Company, Person, Register, Setting, TenderType, TerminalDevice } from '../data/wire.ts';

class Shop {
  version = $state(0);

  constructor() {
    replica.onChange(() => this.version++);
  }

  /** Call when the replica was loaded from disk. */
  loaded(): void {
    this.version++;
  }

  get catalogue(): Catalogue {
    void this.version;
    return replica.catalogue;
  }

  /** The change number up to which this device knows the catalogue. */
  get cursor(): number {
    void this.version;
    return replica.held?.cursor ?? 0;
  }

  get branch(): Branch | null {
    void this.version;
    return replica.all<Branch>('branch')[0] ?? null;
  }

  get company(): Company | null {
    void this.version;
    return replica.all<Company>('company')[0] ?? null;
  }

  get registers(): Register[] {
    void this.version;
    return replica.all<Register>('register').filter((row) => !row.archived && (!this.branch || row.branch_id === this.branch.id));
  }

  get tenderTypes(): TenderType[] {
    void this.version;
    return replica.all<TenderType>('tender_type').filter((row) => !row.archived).sort((a, b) => a.position - b.position);
  }

  get people(): Person[] {
    void this.version;
    return replica.all<Person>('person').filter((row) => !row.archived).sort((a, b) => a.name.localeCompare(b.name));
  }

  person(id: number | null): Person | null {
    return replica.all<Person>('person').find((row) => row.id === id) ?? null;
  }

  /** The device that plays a role at this terminal, or null. */
  device(role: TerminalDevice['role']): TerminalDevice | null {
    void this.version;
    return replica.all<TerminalDevice>('terminal_device').find((row) => row.role === role) ?? null;
  }

  setting<T>(key: string, otherwise: T): T {
    void this.version;
    const row = replica.all<Setting>('setting').find((setting) => setting.key === key);
    return row === undefined ? otherwise : (row.value as T);
  }
}

export const shop = new Shop();
