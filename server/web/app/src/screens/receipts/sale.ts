/** A sale whose paper is shown: from this device's log, else from the server. */
import { localMinute } from '../../core/clock.ts';
import { get, NoConnection, Problem } from '../../data/api.ts';
import { shop } from '../../state/shop.svelte.ts';
import type { AnsweredLine } from '../../state/till_answers.ts';
import type { PaperSale } from '../../core/receipt.ts';
import { localSale } from '../../state/till_returns.svelte.ts';

export interface ShownSale {
  id: string;
  number: string;
  isReturn: boolean;
  receipt: PaperSale;
}

interface Answer {
  id: string;
  number: string;
  rung_at: string;
  register: string;
  cashier: string;
  currency: string;
  note: string | null;
  returns_number: string | null;
  returns_sale_id: string | null;
  gross_minor: number;
  discount_minor: number;
  total_minor: number;
  line_rows: AnsweredLine[];
  taxes: { rate_bp: number; kind: string; base_minor: number; tax_minor: number }[];
  tenders: { name: string; kind: string; amount_minor: number; given_minor: number; change_minor: number }[];
}

export async function paperOfSale(id: string): Promise<ShownSale | null> {
  const kept = await localSale(id);
  if (kept) return { id: kept.id, number: kept.number, isReturn: kept.returns_sale_id !== null, receipt: kept.receipt as PaperSale };
  try {
    return shown(await get<Answer>(`/sales/sales/${id}`));
  } catch (error) {
    if (error instanceof NoConnection || error instanceof Problem) return null;
    throw error;
  }
}

function shown(sale: Answer): ShownSale {
  const branch = shop.branch!;
  const { id, number, register, cashier, currency, gross_minor, discount_minor, total_minor, taxes, tenders } = sale;
  const receipt: PaperSale = {
    id, number, register, cashier, currency, gross_minor, discount_minor, total_minor, taxes, tenders,
    rung_at: localMinute(Date.parse(sale.rung_at), branch.timezone),
    note: sale.note ?? '',
    seller: { name: shop.company?.name ?? branch.name, tax_id: shop.company?.tax_id ?? '' },
    branch: { name: branch.name, address: branch.address ?? '', head: branch.receipt_head ?? '', foot: branch.receipt_foot ?? '' },
    returns_number: sale.returns_number ?? (sale.returns_sale_id ? '' : null),
    lines: sale.line_rows.map((line) => ({ ...line, note: line.note ?? '' })),
  };
  return { id, number, isReturn: sale.returns_sale_id !== null, receipt };
}
