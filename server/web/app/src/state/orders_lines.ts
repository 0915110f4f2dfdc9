/** An open order and the cart, turned into each other: what a line is as an operation, and as a line of the cart again. */
import { addLine, type Cart, type CartDiscount, type CartLine, changeLine, EMPTY, setDiscounts } from '../core/cart.ts';
import type { Order, OrderLine } from '../core/fold.ts';
import { newId } from '../core/uuid7.ts';
import type { Resumed } from './cart.svelte.ts';

/** The cart that an open order makes: its lines that are left, with their discounts. */
export function cartOf(order: Order): Cart {
  const filled = leftOf(order).reduce(withLine, EMPTY);
  return order.discount ? setDiscounts(filled, null, [order.discount as CartDiscount]) : filled;
}

export const leftOf = (order: Order): OrderLine[] => order.lines.filter((line) => line.left_milli > 0);

/** What the cart no longer holds of the order that was resumed. */
export function missing(sold: Cart, resumed: Resumed | null): { line_id: string; quantity_milli: number }[] {
  const now = new Map(sold.lines.map((line) => [line.origin_id, line.quantity_milli]));
  const lines = resumed?.lines ?? [];
  return lines.map(({ line_id, quantity_milli }) => ({ line_id, quantity_milli: quantity_milli - (now.get(line_id) ?? 0) })).filter((each) => each.quantity_milli > 0);
}

/** The first discount of a line: an order's line carries one. */
export const discountOf = (line: CartLine) => line.discounts[0] ?? null;

export function addition(line: CartLine): Record<string, unknown> {
  const { item_id, name, barcode, unit, quantity_milli, unit_price_minor, list_price_minor, price_id, priced_at, tax_rate_id, rate_bp, label_minor, weight_from, note, approved_by } = line;
  const priced = new Date(priced_at).toISOString();
  return { line_id: line.id, item_id, name, barcode, unit, quantity_milli, unit_price_minor, list_price_minor, price_id, priced_at: priced, tax_rate_id, rate_bp, label_minor, weight_from, note, approved_by, discount: discountOf(line) };
}

function withLine(so_far: Cart, line: OrderLine): Cart {
  const added = line.added as Omit<CartLine, 'priced_at'> & { priced_at: string };
  const whole = line.left_milli === line.quantity_milli;
  const filled = addLine(so_far, {
    ...added,
    id: newId(),
    quantity_milli: line.left_milli,
    priced_at: Date.parse(added.priced_at),
    label_minor: whole ? (added.label_minor ?? null) : null,
    list_price_minor: added.list_price_minor ?? null,
    approved_by: added.approved_by ?? null,
    note: line.note,
    discounts: [],
    origin_id: line.line_id,
    returns: null,
  });
  return line.discount ? changeLine(filled, filled.selected!, { discounts: [line.discount as CartDiscount] }) : filled;
}
