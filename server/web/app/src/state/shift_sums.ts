/** What a shift's local sales and cash moves come to: the expected cash, and the figures of its Z as far as this device knows. */
import type { ZReport } from '../core/zpaper.ts';
import { type KeptSale, read } from '../data/db.ts';
import type { KeptShift } from './shift.svelte.ts';
import type { KeptReceipt, SaleBodyKept } from './till_paper.ts';

export interface ShiftSums {
  count: number;
  total_minor: number;
  cash_sales_minor: number;
  in_minor: number;
  out_minor: number;
  expected_minor: number;
}

type Figures = Pick<ZReport, 'sales' | 'returns' | 'net_minor' | 'taxes' | 'tenders'>;

export async function sumsOf(shift: KeptShift): Promise<ShiftSums> {
  return sum(shift, await salesOf(shift.id));
}

export const salesOf = (shift_id: string): Promise<KeptSale[]> => read((db) => db.getAllFromIndex('sales', 'shift_id', shift_id));

/** expected = float + cash tenders + in − out. */
export function sum(shift: Pick<KeptShift, 'float_minor' | 'moves'>, sales: readonly KeptSale[]): ShiftSums {
  const cash_sales_minor = total(sales.flatMap(tendersOf).filter(({ kind }) => kind === 'cash').map(({ amount_minor }) => amount_minor));
  const moved = (direction: 'in' | 'out') => total(shift.moves.filter((move) => move.direction === direction).map((move) => move.amount_minor));
  const [in_minor, out_minor] = [moved('in'), moved('out')];
  return {
    count: sales.length,
    total_minor: total(sales.map((sale) => sale.total_minor)),
    cash_sales_minor,
    in_minor,
    out_minor,
    expected_minor: shift.float_minor + cash_sales_minor + in_minor - out_minor,
  };
}

/** Sales, returns, taxes and tenders of a Z: a document whose total is negative is a return. */
export function figures(sales: readonly KeptSale[]): Figures {
  const [sold, returned] = [sales.filter((sale) => sale.total_minor >= 0), sales.filter((sale) => sale.total_minor < 0)];
  return {
    sales: documents(sold, 1),
    returns: documents(returned, -1),
    net_minor: total(sales.map((sale) => sale.total_minor)),
    taxes: taxes(sales),
    tenders: tenders(sales),
  };
}

function documents(sales: readonly KeptSale[], sign: 1 | -1) {
  const of = (field: 'gross_minor' | 'discount_minor') => sign * total(sales.map((sale) => (sale.receipt as KeptReceipt)[field])) + 0;
  return { count: sales.length, gross_minor: of('gross_minor'), discount_minor: of('discount_minor'), total_minor: sign * total(sales.map((sale) => sale.total_minor)) + 0 };
}

function taxes(sales: readonly KeptSale[]): Figures['taxes'] {
  const rows = new Map<number, Figures['taxes'][number]>();
  for (const sale of sales) {
    const rates = (sale.receipt as KeptReceipt).taxes;
    (sale.body as SaleBodyKept).taxes.forEach(({ tax_rate_id, base_minor, tax_minor }, at) => {
      const row = rows.get(tax_rate_id) ?? { tax_rate_id, rate_bp: rates[at].rate_bp, base_minor: 0, tax_minor: 0, kind: rates[at].kind };
      rows.set(tax_rate_id, { ...row, base_minor: row.base_minor + base_minor, tax_minor: row.tax_minor + tax_minor });
    });
  }
  return [...rows.values()].sort((a, b) => a.tax_rate_id - b.tax_rate_id);
}

function tenders(sales: readonly KeptSale[]): Figures['tenders'] {
  const rows = new Map<number, Figures['tenders'][number]>();
  for (const { tender_type_id, name, kind, amount_minor } of sales.flatMap(tendersOf)) {
    const row = rows.get(tender_type_id) ?? { tender_type_id, name, kind, count: 0, amount_minor: 0 };
    rows.set(tender_type_id, { ...row, count: row.count + 1, amount_minor: row.amount_minor + amount_minor });
  }
  return [...rows.values()].sort((a, b) => a.tender_type_id - b.tender_type_id);
}

function tendersOf(sale: KeptSale) {
  const named = (sale.receipt as KeptReceipt).tenders;
  return (sale.body as SaleBodyKept).tenders.map((tender, at) => ({ ...named[at], tender_type_id: tender.tender_type_id, amount_minor: tender.amount_minor }));
}

const total = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0);
