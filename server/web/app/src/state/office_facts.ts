/** Facts of the shop as the server's routes tell them: sales, shifts, flags, devices and their jobs. */

export interface SaleRow {
  id: string;
  number: string;
  rung_at: string;
  business_day: string;
  register_id: number;
  register: string;
  cashier_id: number;
  cashier: string;
  lines: number;
  total_minor: number;
  discount_minor: number;
  returns_sale_id: string | null;
  flags: string[];
}

export interface SaleLine {
  position: number;
  item_id: number | null;
  name: string;
  unit: string;
  barcode: string | null;
  quantity_milli: number;
  unit_price_minor: number;
  gross_minor: number;
  discount_minor: number;
  share_minor: number;
  total_minor: number;
  tax_minor: number;
  cost_minor: number | null;
  correction_minor: number | null;
  weight_from: string;
  returned_milli: number;
  note: string | null;
}

export interface SaleDetail extends SaleRow {
  shift_id: string;
  branch_id: number;
  received_at: string;
  currency: string;
  gross_minor: number;
  tax_minor: number;
  cost_minor: number | null;
  note: string | null;
  approved_by: number | null;
  returns_number: string | null;
  line_rows: SaleLine[];
  discounts: { id: string; position: number | null; kind: string; value: number; amount_minor: number; by: number; approved_by: number | null }[];
  tenders: { id: string; name: string; kind: string; amount_minor: number; given_minor: number; change_minor: number; reference: string | null }[];
  taxes: { tax_rate_id: number; rate_bp: number; kind: string; base_minor: number; tax_minor: number }[];
  flag_rows: { id: string; kind: string; detail: Detail; raised_at: string; settled_at: string | null }[];
  returns: { id: string; number: string; rung_at: string; total_minor: number }[];
  copies: number;
}

export type Detail = Record<string, unknown>;

export interface TillEvent {
  id: string;
  kind: string;
  detail: Detail;
  terminal: string;
  person_id: number | null;
  person: string | null;
  approved_by: number | null;
  happened_at: string;
}

export interface Shift {
  id: string;
  register_id: number;
  register: string;
  number: string | null;
  business_day: string;
  began_at: string;
  opened_at: string | null;
  opened_by_name: string | null;
  float_minor: number | null;
  closed_at: string | null;
  closed_by_name: string | null;
  counted_minor: number | null;
  expected_minor: number | null;
  difference_minor: number | null;
  reason: string | null;
  z_report_id: string | null;
}

export interface ShiftDetail extends Shift {
  documents: number;
  total_minor: number;
  moves: { id: string; kind: string; from_holder_id: number; to_holder_id: number; amount_minor: number; reason: string; by: number | null; moved_at: string }[];
  openings: { id: string; reason: string; by: number; opened_at: string }[];
}

export interface ZRow {
  id: string;
  register_id: number;
  shift_id: string;
  number: string;
  business_day: string;
  closed_at: string;
  net_minor: number;
  sales: number;
  returns: number;
  difference_minor: number;
}

export interface Flag {
  id: string;
  kind: string;
  subject_kind: string;
  subject_id: string;
  detail: Detail;
  raised_at: string;
  settled_at: string | null;
  settled_by_name: string | null;
  note: string | null;
}

export interface Rejected {
  operation_id: string;
  terminal_id: number;
  terminal: string | null;
  body: Detail;
  error: { code?: string; params?: Record<string, string | number> };
  received_at: string;
  settled_at: string | null;
}

export interface Terminal {
  id: number;
  name: string;
  branch_id: number;
  paired_at: string;
  revoked_at: string | null;
  devices: { role: string; device_id: number; name: string }[];
}

export interface Agent {
  id: number;
  key: string;
  name: string;
  branch_id: number;
  model: string;
  sw: string;
  is_online: boolean;
  seen_at: string | null;
  disabled_at: string | null;
}

export interface Device {
  id: number;
  agent_id: number;
  name: string;
  class: string;
  driver: string;
  profile: string | null;
  ops: string[];
  state: string;
  trouble: string | null;
  state_at: string | null;
}

export interface Job {
  id: string;
  agent_id: number;
  device_id: number;
  op: string;
  kind: string | null;
  copy: number;
  cause_kind: string;
  cause_id: string;
  stage: string;
  reason: string | null;
  created_at: string;
  settled_at: string | null;
  came_out: boolean | null;
}
