/**
 * Completing the sale: one strict transaction takes the number, writes sale, operation and order payments and removes the
 * open cart. When it resolves the customer has paid; nothing on the way asks the network.
 */
import { addTender, clearTenders, dueOf, isPaid, type Cart } from '../core/cart.ts';
import { saleBody } from '../core/sale.ts';
import { newId } from '../core/uuid7.ts';
import { type Book, record } from '../data/record.ts';
import type { KeptSale } from '../data/db.ts';
import type { TenderType } from '../data/wire.ts';
import { cart } from './cart.svelte.ts';
import { net } from './net.svelte.ts';
import { bookPayments, type OrderPayment, paymentsOf } from './orders.svelte.ts';
import { room } from './room.svelte.ts';
import { session } from './session.svelte.ts';
import { shift } from './shift.svelte.ts';
import { shop } from './shop.svelte.ts';
import { terminal } from './terminal.svelte.ts';
import { till } from './till.svelte.ts';
import { keptReceipt } from './till_paper.ts';

export const currency = (): string => shop.setting('currency', 'AZN');

/** Why nothing can be sold now, before the fact; null when all is well. */
export function whyNotSelling(): 'revoked' | 'no_room' | 'no_register' | 'taken' | 'other_tab' | 'no_shift' | null {
  if (net.revoked) return 'revoked';
  if (room.isFull) return 'no_room';
  if (terminal.lease === null || terminal.registerId === null) return 'no_register';
  if (terminal.leaseOver) return 'taken';
  if (terminal.hold !== 'held') return 'other_tab';
  return shift.open === null ? 'no_shift' : null;
}

/** The till knows whether it may sell and what was open: until then scans wait. */
export function isReady(): boolean {
  return terminal.hold === 'elsewhere' || terminal.registerId === null || (terminal.hold === 'held' && cart.restored && shift.ready);
}

/** The tender types that may take this sum; money goes back in cash or the way it came. */
export function offeredTenders(due_minor: number): TenderType[] {
  if (due_minor >= 0 || !cart.returning) return shop.tenderTypes;
  const original = new Set(cart.returning.tender_type_ids);
  return shop.tenderTypes.filter((type) => type.kind === 'cash' || original.has(type.id));
}

/** Adds a tender. Units: minor; what goes back is negative. */
export function tender(type: TenderType, given_minor: number, reference = ''): void {
  cart.give(addTender(cart.now, { id: newId(), tender_type_id: type.id, kind: type.kind, reference }, given_minor));
}

/** One key: the rest by this type, and the sale is done. */
export async function payExact(type: TenderType): Promise<KeptSale | null> {
  if (whyNotSelling() !== null) return null;
  tender(type, dueOf(cart.now));
  return complete();
}

/**
 * Completes the paid cart. A second call while the first runs does nothing, so a double tap makes one sale.
 * Returns the sale, or null when nothing was done.
 */
export async function complete(): Promise<KeptSale | null> {
  if (till.completing || !isPaid(cart.now) || whyNotSelling() !== null) return null;
  till.completing = true;
  try {
    await cart.still();
    if (whyNotSelling() !== null) return stop(); // The last line found no room, or another tab took the register.
    const sold = cart.now;
    const id = newId();
    const payments = await paymentsOf(sold, id, cart.resumed);
    const kept = await record((book) => write(book, sold, id, payments));
    cart.completed();
    till.sheet = null;
    till.done = kept;
    return kept;
  } catch (error) {
    cart.take(clearTenders(cart.now));
    throw error;
  } finally {
    till.completing = false;
  }
}

/** Nothing was sold and nothing may be paid: the cart stands, and the till says why. */
function stop(): null {
  cart.take(clearTenders(cart.now));
  till.sheet = null;
  return null;
}

function write(book: Book, sold: Cart, id: string, payments: OrderPayment[]): KeptSale {
  const rung_at = Date.now();
  const open = shift.open!;
  const { number, series, counter } = book.number('sale');
  const body = saleBody(sold, {
    number,
    series,
    counter,
    lease_id: book.lease.id,
    register_id: terminal.registerId!,
    business_day: open.business_day,
    catalogue_cursor: shop.cursor,
    approved_by: cart.approvedBy,
    print: true,
  });
  const operation = book.operation('sale', body, { id, person_id: session.id, shift_id: open.id, happened_at: rung_at });
  const kept: KeptSale = {
    id,
    number,
    rung_at,
    shift_id: open.id,
    person_id: session.id,
    total_minor: body.total_minor,
    returns_sale_id: body.returns_sale_id,
    body,
    receipt: keptReceipt(sold, id, body, rung_at, cart.returning?.number ?? null, surroundings()),
  };
  book.put('sales', kept);
  book.remove('cart', 'current');
  bookPayments(book, payments, operation.hlc, cart.resumed);
  return kept;
}

function surroundings() {
  return {
    company: shop.company,
    branch: shop.branch!,
    register: terminal.register?.code ?? '',
    cashier: session.person?.name ?? '',
    currency: currency(),
    tenderTypes: shop.tenderTypes,
    rate: (rate: number) => shop.catalogue.taxRateById(rate),
  };
}
