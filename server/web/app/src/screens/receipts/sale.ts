/** A sale whose paper is shown: from this device's log, else from the server. */
import { localMinute } from '../../core/clock.ts';
import { get, NoConnection, Problem } from '../../data/api.ts';
import { shop } from '../../state/shop.svelte.ts';
import type { AnsweredLine } from '../../state/till_answers.ts';
import type { PaperSale } from '../../core/receipt.ts';
import { localSale, unitOf } from '../../state/till_returns.svelte.ts';

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
  register_id: number;
  cashier_id: number;
  currency: string;
  note: string | null;
  returns_sale_id: string | null;
  returns_number?: string | null;
  gross_minor: number;
  discount_minor: number;
  total_minor: number;
  lines: AnsweredLine[];
  taxes: { tax_rate_id: number; rate_bp: number; base_minor: number; tax_minor: number }[];
  tenders: { tender_type_id: number; amount_minor: number; given_minor: number; change_minor: number }[];
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
  const type = (each: number) => shop.tenderTypes.find((row) => row.id === each);
  const receipt: PaperSale = {
    id: sale.id,
    number: sale.number,
    register: shop.registers.find((row) => row.id === sale.register_id)?.name ?? '',
    cashier: shop.person(sale.cashier_id)?.name ?? '',
    rung_at: localMinute(Date.parse(sale.rung_at), branch.timezone),
    currency: sale.currency,
    note: sale.note ?? '',
    seller: { name: shop.company?.name ?? branch.name, tax_id: shop.company?.tax_id ?? '' },
    branch: { name: branch.name, address: branch.address ?? '', head: branch.receipt_head ?? '', foot: branch.receipt_foot ?? '' },
    returns_number: sale.returns_number ?? (sale.returns_sale_id ? '' : null),
    lines: sale.lines.map((line) => ({ ...line, unit: line.unit ?? unitOf(line.item_id), note: line.note ?? '' })),
    gross_minor: sale.gross_minor,
    discount_minor: sale.discount_minor,
    total_minor: sale.total_minor,
    taxes: sale.taxes.map((tax) => ({ ...tax, kind: shop.catalogue.taxRateById(tax.tax_rate_id)?.kind ?? 'standard' })),
    tenders: sale.tenders.map((tender) => ({ ...tender, name: type(tender.tender_type_id)?.name ?? '', kind: type(tender.tender_type_id)?.kind ?? 'cash' })),
  };
  return { id: sale.id, number: sale.number, isReturn: sale.returns_sale_id !== null, receipt };
}
