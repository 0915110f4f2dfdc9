/** The finished sale: a cart, priced and numbered, as the body of the operation `sale` (contracts of the sync API). */
import { pricedCart, type Cart } from './cart.ts';
import { toIso } from './clock.ts';

/** What the cart does not know. */
export interface SaleHead {
  number: string;
  series: string;
  counter: number;
  lease_id: string;
  register_id: number;
  business_day: string;
  catalogue_cursor: number;
  approved_by: number | null;
  print: boolean;
}

export interface SaleLine {
  position: number;
  kind: 'item';
  parent: number | null;
  origin_id: string | null;
  item_id: number | null;
  barcode: string | null;
  name: string;
  quantity_milli: number;
  unit_price_minor: number;
  price_id: number | null;
  priced_at: string;
  tax_rate_id: number;
  discount_minor: number;
  share_minor: number;
  total_minor: number;
  weight_from: string;
  returns_position: number | null;
  approved_by: number | null;
  note: string;
}

export interface SaleBody extends SaleHead {
  lines: SaleLine[];
  discounts: { id: string; position: number | null; kind: string; value: number; amount_minor: number; approved_by: number | null }[];
  tenders: { id: string; tender_type_id: number; amount_minor: number; given_minor: number; change_minor: number; reference: string }[];
  taxes: { tax_rate_id: number; base_minor: number; tax_minor: number }[];
  total_minor: number;
  returns_sale_id: string | null;
  customer_id: string | null;
  note: string;
}

/** Positions count from 1. The cart must be paid (`isPaid`). */
export function saleBody(cart: Cart, head: SaleHead): SaleBody {
  const priced = pricedCart(cart);
  const lines = cart.lines.map((line, i): SaleLine => ({
    position: i + 1,
    kind: 'item',
    parent: null,
    origin_id: line.origin_id,
    item_id: line.item_id,
    barcode: line.barcode,
    name: line.name,
    quantity_milli: line.quantity_milli,
    unit_price_minor: line.unit_price_minor,
    price_id: line.price_id,
    priced_at: toIso(line.priced_at),
    tax_rate_id: line.tax_rate_id,
    discount_minor: priced.lines[i].discount_minor,
    share_minor: priced.lines[i].share_minor,
    total_minor: priced.lines[i].total_minor,
    weight_from: line.weight_from,
    returns_position: line.returns?.position ?? null,
    approved_by: line.approved_by,
    note: line.note,
  }));
  const ofLines = cart.lines.flatMap((line, i) => line.discounts.map((discount, at) => discountRow(discount, i + 1, priced.lines[i].discounts_minor[at])));
  return {
    ...head,
    lines,
    discounts: [...ofLines, ...cart.discounts.map((discount, at) => discountRow(discount, null, priced.sale_discounts_minor[at]))],
    tenders: cart.tenders.map(({ id, tender_type_id, amount_minor, given_minor, change_minor, reference }) => ({ id, tender_type_id, amount_minor, given_minor, change_minor, reference })),
    taxes: priced.taxes.map(({ tax_rate_id, base_minor, tax_minor }) => ({ tax_rate_id, base_minor, tax_minor })),
    total_minor: priced.total_minor,
    returns_sale_id: cart.returns_sale_id,
    customer_id: cart.customer_id,
    note: cart.note,
  };
}

const discountRow = (discount: Cart['discounts'][number], position: number | null, amount_minor: number): SaleBody['discounts'][number] => ({
  id: discount.id,
  position,
  kind: discount.kind,
  value: discount.value,
  amount_minor,
  approved_by: discount.approved_by,
});
