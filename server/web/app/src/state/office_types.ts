/** What the server's routes answer to the back office (`GET /api/v1/openapi.json` has every field). */

export interface Page<Row> {
  rows: Row[];
  next: string | null;
}

export interface Company {
  id: number;
  name: string;
  tax_id: string;
  tax_regime: 'vat' | 'simplified';
  currency: string;
  rev: number;
}

export interface Branch {
  id: number;
  code: string;
  name: string;
  address: string;
  timezone: string;
  cut_off_min: number;
  language: string;
  receipt_head: string;
  receipt_foot: string;
  rev: number;
  archived_at: string | null;
}

export interface Register {
  id: number;
  branch_id: number;
  code: string;
  name: string;
  rev: number;
  archived: boolean;
  terminal: string | null;
  open_shift_id: string | null;
}

export interface TenderType {
  id: number;
  code: string;
  name: string;
  kind: 'cash' | 'card' | 'bank';
  opens_drawer: boolean;
  position: number;
  rev: number;
  archived: boolean;
}

export interface Category {
  id: number;
  parent_id: number | null;
  name: string;
  hue: number;
  position: number;
  archived: boolean;
  rev: number;
}

export interface Unit {
  id: number;
  code: string;
  name: string;
  decimals: number;
}

export interface TaxClass {
  id: number;
  code: string;
  name: string;
  rate_bp: number | null;
  kind: string | null;
}

export interface Pack {
  code: string;
  quantity_milli: number;
}

export type PriceKind = 'regular' | 'promotion' | 'markdown';

export interface Price {
  id: number;
  branch_id: number | null;
  amount_minor: number;
  kind: PriceKind;
  from_at: string;
  until_at: string | null;
}

export interface Item {
  id: number;
  sku: string;
  name: string;
  category_id: number | null;
  unit_id: number;
  tax_class_id: number;
  is_weighed: boolean;
  plu: number | null;
  quick_position: number | null;
  barcodes: Pack[];
  price: Price | null;
  archived: boolean;
  rev: number;
}

export interface ItemDetail extends Item {
  prices: Price[];
}

export interface Warehouse {
  id: number;
  branch_id: number;
  name: string;
}

export interface Role {
  id: number;
  name: string;
  rights: { right: string; cap_bp: number | null; cap_minor: number | null }[];
  rev: number;
}

export interface Person {
  id: number;
  name: string;
  language: string;
  email: string | null;
  has_pin: boolean;
  has_password: boolean;
  is_locked: boolean;
  roles: { role_id: number; branch_id: number | null }[];
  rev: number;
  archived_at: string | null;
}
