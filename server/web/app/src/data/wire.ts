/**
 * The shapes that travel between terminal and server (sync and sign-in).
 * Amounts are minor units, quantities thousandths; `_at` inside feed rows is milliseconds UTC, elsewhere ISO 8601 with Z.
 */

export type Id = string;

export interface Right {
  right: string;
  cap_bp: number | null;
  cap_minor: number | null;
}

export interface Person {
  id: number;
  name: string;
  language: string;
  rights: Right[];
  archived?: boolean;
}

export interface Branch {
  id: number;
  company_id?: number;
  code: string;
  name: string;
  address?: string;
  timezone: string;
  cut_off_min: number;
  language: string;
  receipt_head?: string;
  receipt_foot?: string;
}

export interface Company {
  id: number;
  name: string;
  tax_id: string;
  tax_regime?: string;
  currency?: string;
}

export interface Register {
  id: number;
  branch_id: number;
  code: string;
  name: string;
  archived?: boolean;
  /** Of its latest lease; a lease with an older one is over. */
  lease_epoch?: number;
}

export interface TenderType {
  id: number;
  code: string;
  kind: 'cash' | 'card' | 'bank';
  name: string;
  opens_drawer: boolean;
  position: number;
  archived?: boolean;
}

export interface TaxRate {
  id: number;
  class_id: number;
  rate_bp: number;
  kind: 'standard' | 'zero' | 'exempt';
  from_at: number;
}

export interface TaxClass {
  id: number;
  code: string;
  name: string;
}

export interface Category {
  id: number;
  parent_id: number | null;
  name: string;
  position: number;
  hue: number;
  archived?: boolean;
}

export interface Unit {
  id: number;
  code: string;
  name: string;
  decimals: number;
}

export interface LabelTemplate {
  id: number;
  pattern: string;
}

export interface Item {
  id: number;
  name: string;
  sku: string;
  category_id: number | null;
  unit_id: number;
  tax_class_id: number;
  is_weighed: boolean;
  plu: number | string | null;
  quick_position: number | null;
  archived: boolean;
}

/** An item as the feed brings it: with its barcodes, `[code, quantity_milli]`. */
export interface ItemRow extends Item {
  search_key: string;
  sort_key: string;
  barcodes: [string, number][];
}

export interface Price {
  id: number;
  item_id: number;
  list_id: number;
  branch_id: number | null;
  amount_minor: number;
  kind: 'regular' | 'promotion' | 'markdown';
  from_at: number;
  until_at: number | null;
}

export interface TerminalDevice {
  id?: string;
  role: 'receipt' | 'drawer' | 'scale' | 'scanner' | 'display' | 'bell';
  device_id: number;
  name: string;
  class: string;
  ops: string[];
}

export interface Setting {
  id?: number;
  key: string;
  value: unknown;
}

export interface Snapshot {
  schema: number;
  cursor: number;
  /** `by_name`: the items' places in the order of their names. */
  items: Columns<'id' | 'name' | 'sku' | 'category_id' | 'unit_id' | 'tax_class_id' | 'is_weighed' | 'plu' | 'quick_position' | 'by_name'>;
  barcodes: Columns<'code' | 'item_id' | 'quantity_milli'>;
  prices: Columns<'id' | 'item_id' | 'list_id' | 'branch_id' | 'amount_minor' | 'kind' | 'from_at' | 'until_at'>;
  categories: Category[];
  units: Unit[];
  tax_classes: TaxClass[];
  label_templates: LabelTemplate[];
}

/** A value a row, texts a line a row, one value for all rows, or differences from row to row (`server/sync/columns.py`). */
export type Column = unknown[] | { text: string } | { same: unknown } | { steps: number[] };

export type Columns<Name extends string> = Record<Name, Column>;

export interface Bootstrap {
  schema: number;
  cursor: number;
  generation: number;
  server_at: string;
  branch: Branch;
  company?: Company;
  registers: Register[];
  tender_types: TenderType[];
  tax_rates: TaxRate[];
  people: Person[];
  settings: Setting[];
  terminal_devices?: TerminalDevice[];
  order_operations?: OrderOperation[];
  catalogue: { url: string; rows: number; sha256: string };
}

/** An operation of an open order, as the feed brings it; `core/fold.ts` folds them. */
export interface OrderOperation {
  id: Id;
  order_id: Id;
  kind: string;
  terminal_id: number;
  person_id: number | null;
  hlc: string;
  body: unknown;
}

export interface Change {
  seq: number;
  topic: string;
  kind: string;
  op: 'put' | 'drop';
  id: number | Id;
  rev: number;
  row: unknown;
}

export interface Changes {
  from: number;
  to: number;
  more: boolean;
  changes: Change[];
}

/** One operation as it is pushed. Its id is the id of the fact that it brings. */
export interface Operation {
  id: Id;
  seq: number;
  kind: string;
  v: 1;
  happened_at: string;
  hlc: string;
  age_ms: number | null;
  person_id: number | null;
  shift_id: Id | null;
  body: unknown;
}

export type Verdict = 'accepted' | 'duplicate' | 'conflict' | 'rejected' | 'failed';

export interface PushResult {
  id: Id;
  verdict: Verdict;
  flags?: string[];
  error?: { code: string; params?: Record<string, string | number> } | null;
}

export interface PushAnswer {
  results: PushResult[];
  next_seq: number;
  cursor: number;
  generation: number;
}

export interface Lease {
  id: Id;
  epoch: number;
  series: string;
  next: { sale: number; shift: number; z: number };
}
