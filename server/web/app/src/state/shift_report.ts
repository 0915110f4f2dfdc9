/** The Z of a closed shift: the server's own where it can be had, else this device's figures without the running totals. */
import { localMinute } from '../core/clock.ts';
import type { ZReport } from '../core/zpaper.ts';
import { get, NoConnection, Problem } from '../data/api.ts';
import { read } from '../data/db.ts';
import type { KeptShift } from './shift.svelte.ts';
import { figures, salesOf, sum } from './shift_sums.ts';
import { shop } from './shop.svelte.ts';

export interface ShownReport {
  report: ZReport;
  /** The running totals of the register stand in it: only the server knows them. */
  isFull: boolean;
}

export async function keptShift(id: string): Promise<KeptShift | null> {
  return ((await read((db) => db.get('shifts', id))) as KeptShift | undefined) ?? null;
}

export async function localReport(shift: KeptShift, currency: string): Promise<ShownReport> {
  const sales = await salesOf(shift.id);
  const sums = sum(shift, sales);
  const close = shift.close!;
  const branch = shop.branch!;
  const drawer = {
    float_minor: shift.float_minor, cash_sales_minor: sums.cash_sales_minor, in_minor: sums.in_minor, out_minor: sums.out_minor,
    expected_minor: sums.expected_minor, counted_minor: close.counted_minor, difference_minor: close.counted_minor - sums.expected_minor,
  };
  const report: ZReport = {
    ...figures(sales),
    z_number: close.z_number,
    shift_number: shift.number,
    register: shop.registers.find((row) => row.id === shift.register_id)?.code ?? '',
    seller: { name: shop.company?.name ?? branch.name, tax_id: shop.company?.tax_id ?? '' },
    branch: { name: branch.name, address: branch.address ?? '' },
    currency,
    business_day: shift.business_day,
    opened_at: localMinute(shift.opened_at, branch.timezone),
    opened_by: shop.person(shift.opened_by)?.name ?? '',
    closed_at: localMinute(close.closed_at, branch.timezone),
    closed_by: shop.person(close.closed_by)?.name ?? '',
    reason: close.reason,
    drawer,
    late: [],
    opening_sales_minor: 0, closing_sales_minor: 0, opening_returns_minor: 0, closing_returns_minor: 0,
  };
  return { report, isFull: false };
}

/** The server's Z, or null while it has none or may not be asked. */
export async function serverReport(z_id: string): Promise<ShownReport | null> {
  try {
    const { snapshot } = await get<{ snapshot: ZReport }>(`/cash/z-reports/${z_id}`);
    return { report: snapshot, isFull: true };
  } catch (error) {
    if (error instanceof NoConnection || error instanceof Problem) return null;
    throw error;
  }
}
