/** What a cashier does to lines and to the sale: each asks its right, and leaves a till event where something was taken back or set by hand. */
import * as core from '../core/cart.ts';
import { neededBp } from '../core/permissions.ts';
import type { Discount } from '../core/pricing.ts';
import { ONE } from '../core/qty.ts';
import { newId } from '../core/uuid7.ts';
import { cart } from './cart.svelte.ts';
import { t } from './i18n.svelte.ts';
import { letGo } from './orders.svelte.ts';
import { allowed, allowedAmount, till } from './till.svelte.ts';
import { noteEvent } from './till_events.svelte.ts';
import { notify } from './toast.svelte.ts';

/** A whole piece more (+1) or less (−1) of a line; the last piece less takes the line out. */
export function step(id: string, by: 1 | -1): void {
  const line = core.lineOf(cart.now, id);
  if (!line || line.weight_from !== 'none' || line.returns) return;
  setQuantity(id, Math.max(0, line.quantity_milli + by * ONE));
}

export function setQuantity(id: string, quantity_milli: number): void {
  const line = core.lineOf(cart.now, id);
  if (!line || line.quantity_milli === quantity_milli || line.returns) return;
  if (quantity_milli <= 0) return removeLine(id);
  if (line.origin_id !== null && quantity_milli > line.quantity_milli) return addBeside(line, quantity_milli - line.quantity_milli);
  if (!cart.change(core.setQuantity(core.clearTenders(cart.now), id, quantity_milli))) return;
  if (quantity_milli < line.quantity_milli) noteEvent('quantity_lowered', { ...named(line), to_milli: quantity_milli });
}

/** More of a resumed order's line is a line of its own: the order holds only what was put on it. */
function addBeside(line: core.CartLine, quantity_milli: number): void {
  cart.add({ ...line, id: newId(), origin_id: null, quantity_milli, label_minor: null });
}

export function removeLine(id: string): void {
  const line = core.lineOf(cart.now, id);
  if (!line) return;
  cart.change(core.removeLine(core.clearTenders(cart.now), id));
  noteEvent('line_removed', named(line));
  if (cart.isEmpty && (cart.returning || cart.resumed)) return leaveEmpty();
  notify(t('till.line_removed', { name: line.name }), { action: { label: t('common.undo'), run: () => cart.undo() } });
}

/** Nothing is left of a return, or of a resumed sale: that one goes back to the held ones as it was. */
function leaveEmpty(): void {
  if (cart.resumed) notify(t('till.let_go', { name: cart.resumed.name }));
  void letGo();
}

/** Empties the cart; a resumed order goes back to the held ones as it was. */
export async function cancelSale(): Promise<void> {
  if (cart.isEmpty) return;
  const { lines, totals, order_id } = cart.now;
  noteEvent('cart_cancelled', { lines: lines.length, total_minor: totals.total_minor, order_id });
  await letGo();
  till.sheet = null;
}

export async function priceByHand(id: string, unit_price_minor: number): Promise<boolean> {
  const line = core.lineOf(cart.now, id);
  if (!line) return false;
  const list_minor = line.list_price_minor ?? line.unit_price_minor;
  const off = Math.max(0, list_minor - unit_price_minor);
  const approved = await allowedAmount({ right: 'sale.price', bp: neededBp(off, list_minor), minor: off }, list_minor, t('till.why_price'));
  if (!approved) return false;
  cart.change(core.setPrice(core.clearTenders(cart.now), id, unit_price_minor, approved.by));
  noteEvent('price_by_hand', { ...named(line), from_minor: list_minor, to_minor: unit_price_minor }, approved.by);
  return true;
}

/** Puts one discount on a line (id) or on the sale (null) in place of those before; null takes it off. */
export async function discountBy(id: string | null, discount: Discount | null): Promise<boolean> {
  if (discount === null) {
    cart.change(core.setDiscounts(core.clearTenders(cart.now), id, []));
    return true;
  }
  const base_minor = core.discountBase(cart.now, id);
  const minor = Math.abs(core.discountAmount(cart.now, id, discount));
  const bp = discount.kind === 'percent' ? discount.value : neededBp(minor, base_minor);
  const right = id === null ? 'sale.discount_sale' : 'sale.discount_line';
  const approved = await allowedAmount({ right, bp, minor }, base_minor, t('till.why_discount'));
  if (!approved) return false;
  cart.change(core.setDiscounts(core.clearTenders(cart.now), id, [{ ...discount, id: newId(), approved_by: approved.by }]));
  noteEvent('discount_by_hand', { name: core.lineOf(cart.now, id)?.name ?? null, discount: discount.kind, value: discount.value, amount_minor: minor }, approved.by);
  return true;
}

export function setNote(id: string | null, note: string): void {
  cart.change(core.setNote(cart.now, id, note.trim()));
}

/** A weight typed by hand needs the right to set what the customer pays, or someone's who has it. */
export async function mayWeighByHand(name: string, quantity_milli: number): Promise<boolean> {
  const approved = await allowed('sale.price', t('till.why_weight'));
  if (approved) noteEvent('weight_by_hand', { name, quantity_milli }, approved.by);
  return approved !== null;
}

const named = (line: core.CartLine) => ({ item_id: line.item_id, name: line.name, quantity_milli: line.quantity_milli, unit_price_minor: line.unit_price_minor });
