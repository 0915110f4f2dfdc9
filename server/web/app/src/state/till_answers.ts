/** A sale as the server tells it, turned into what a return and a paper need. */
import type { Amounts } from '../core/pricing.ts';
import type { KeptSale } from '../data/db.ts';
import { returnedOf, withLeft, type Returnable } from './till_returns.svelte.ts';

export interface AnsweredLine extends Amounts {
  position: number;
  item_id: number | null;
  name: string;
  unit: string;
  quantity_milli: number;
  unit_price_minor: number;
  price_id: number | null;
  tax_rate_id: number;
  rate_bp: number;
  note: string | null;
  returned_milli: number;
  /** What earlier returns paid back of it, positive. */
  returned: Amounts;
}

export interface SaleAnswer {
  id: string;
  number: string;
  rung_at: string;
  total_minor: number;
  line_rows: AnsweredLine[];
  tenders: { tender_type_id: number; name?: string; kind?: string; amount_minor: number; given_minor: number; change_minor: number }[];
  [field: string]: unknown;
}

export function answered(sale: SaleAnswer, unsent: readonly KeptSale[]): Returnable {
  const lines = sale.line_rows.filter((line) => line.quantity_milli > 0).map((line) => {
    const here = returnedOf(unsent, line.position);
    const { position, item_id, name, unit_price_minor, price_id, tax_rate_id, rate_bp } = line;
    return withLeft({
      position, item_id, name, unit_price_minor, price_id, tax_rate_id, rate_bp,
      unit: line.unit,
      sold: amounts(line),
      sold_milli: line.quantity_milli,
      returned_milli: line.returned_milli + here.returned_milli,
      paid_back: plus(amounts(line.returned), here.paid_back),
    });
  });
  const tender_type_ids = sale.tenders.map((tender) => tender.tender_type_id);
  return { sale_id: sale.id, number: sale.number, rung_at: Date.parse(sale.rung_at), total_minor: sale.total_minor, tender_type_ids, lines, localOnly: false };
}

const amounts = ({ gross_minor, discount_minor, share_minor, total_minor, tax_minor }: Amounts): Amounts => ({ gross_minor, discount_minor, share_minor, total_minor, tax_minor });

const plus = (a: Amounts, b: Amounts): Amounts => ({
  gross_minor: a.gross_minor + b.gross_minor,
  discount_minor: a.discount_minor + b.discount_minor,
  share_minor: a.share_minor + b.share_minor,
  total_minor: a.total_minor + b.total_minor,
  tax_minor: a.tax_minor + b.tax_minor,
});
