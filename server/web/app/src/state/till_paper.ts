/** The paper of a sale: what is kept beside its body so that it can be shown, printed and returned from without the server. */
import { pricedCart, type Cart } from '../core/cart.ts';
import { localMinute } from '../core/clock.ts';
import type { PaperLine, PaperSale } from '../core/receipt.ts';
import type { SaleBody } from '../core/sale.ts';
import type { Branch, Company, TaxRate, TenderType } from '../data/wire.ts';

export type SaleBodyKept = SaleBody;

/** The paper's value with each line's tax and rate, which a return needs. */
export interface KeptReceipt extends PaperSale {
  lines: (PaperLine & { tax_minor: number; share_minor: number; rate_bp: number })[];
}

/** What stands around a sale: names that may have changed when its paper is wanted again. */
export interface Surroundings {
  company: Company | null;
  branch: Branch;
  register: string;
  cashier: string;
  currency: string;
  tenderTypes: readonly TenderType[];
  rate: (id: number) => TaxRate | null;
}

export function keptReceipt(cart: Cart, id: string, body: SaleBody, rung_at: number, returns_number: string | null, around: Surroundings): KeptReceipt {
  const priced = pricedCart(cart);
  const { branch, company } = around;
  return {
    id,
    number: body.number,
    register: around.register,
    cashier: around.cashier,
    rung_at: localMinute(rung_at, branch.timezone),
    currency: around.currency,
    note: body.note,
    seller: { name: company?.name ?? branch.name, tax_id: company?.tax_id ?? '' },
    branch: { name: branch.name, address: branch.address ?? '', head: branch.receipt_head ?? '', foot: branch.receipt_foot ?? '' },
    returns_number,
    lines: cart.lines.map((line, at) => ({
      name: line.name,
      quantity_milli: line.quantity_milli,
      unit: line.unit,
      unit_price_minor: line.unit_price_minor,
      gross_minor: priced.lines[at].gross_minor,
      discount_minor: priced.lines[at].discount_minor,
      total_minor: priced.lines[at].total_minor,
      note: line.note,
      tax_minor: priced.lines[at].tax_minor,
      share_minor: priced.lines[at].share_minor,
      rate_bp: line.rate_bp,
    })),
    gross_minor: priced.gross_minor,
    discount_minor: priced.discount_minor,
    total_minor: priced.total_minor,
    taxes: priced.taxes.map(({ tax_rate_id, rate_bp, base_minor, tax_minor }) => ({ rate_bp, base_minor, tax_minor, kind: around.rate(tax_rate_id)?.kind ?? 'standard' })),
    tenders: body.tenders.map((tender) => ({
      name: around.tenderTypes.find((type) => type.id === tender.tender_type_id)?.name ?? '',
      kind: around.tenderTypes.find((type) => type.id === tender.tender_type_id)?.kind ?? 'cash',
      amount_minor: tender.amount_minor,
      given_minor: tender.given_minor,
      change_minor: tender.change_minor,
    })),
  };
}
