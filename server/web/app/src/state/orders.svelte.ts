/**
 * Held sales of this branch: open orders folded from their operations, this terminal's own and those that came with the
 * feed. Holding writes the cart as operations, resuming reads the lines that are left; what a sale pays is named by line.
 */
import type { Cart, CartLine } from '../core/cart.ts';
import { fold, isOpen, type Head, type Order, type OrderOperation } from '../core/fold.ts';
import { derived, newId } from '../core/uuid7.ts';
import { post, Problem, remove } from '../data/api.ts';
import { read } from '../data/db.ts';
import { type Book, record } from '../data/record.ts';
import { replica } from '../data/replica.ts';
import { cart, type Resumed } from './cart.svelte.ts';
import { net } from './net.svelte.ts';
import { addition, cartOf, discountOf, leftOf, missing } from './orders_lines.ts';
import { session } from './session.svelte.ts';
import { shift } from './shift.svelte.ts';
import { shop } from './shop.svelte.ts';
import { bookEvent } from './till_events.svelte.ts';

export interface HeldOrder {
  id: string;
  order: Order;
}

export interface OrderPayment {
  id: string;
  line_id: string;
  quantity_milli: number;
  sale_id: string;
}

interface Head_ extends Head {
  [field: string]: unknown;
}

interface KeptOperation extends OrderOperation {
  order_id: string;
  [field: string]: unknown;
}

const KIND = 'hold';
const LEASE_TIMEOUT_MS = 3_000;
const LEASE_AGAIN_MS = 30_000; // It lives 60 s.

class Orders {
  private open = $state.raw<HeldOrder[]>([]);

  /** Held sales that nobody has taken up here. */
  get held(): HeldOrder[] {
    return this.open.filter(({ id }) => id !== cart.resumed?.order_id);
  }

  constructor() {
    replica.onChange((kinds) => (kinds.has('order_operation') || kinds.has('*')) && void this.load());
  }

  async load(): Promise<void> {
    const all = (await read((db) => db.getAll('orders'))) as unknown as KeptOperation[];
    const byOrder = new Map<string, KeptOperation[]>();
    for (const operation of all) byOrder.set(operation.order_id, [...(byOrder.get(operation.order_id) ?? []), operation]);
    const folded = [...byOrder].map(([id, operations]) => ({ id, order: fold(operations) })).filter((each): each is HeldOrder => each.order !== null);
    this.open = folded.filter(({ order }) => isOpen(order) && order.kind === KIND).sort((a, b) => (a.order.opened_hlc < b.order.opened_hlc ? 1 : -1));
  }
}

export const orders = new Orders();

/** Puts the cart aside under a name. A resumed order is held again as itself. */
export async function hold(name: string): Promise<void> {
  await cart.settled();
  const sold = cart.now;
  const resumed = cart.resumed;
  const order_id = resumed?.order_id ?? newId();
  const head: Head_ = { branch_id: shop.branch!.id, kind: KIND, name: resumed?.name ?? name };
  await record((book) => {
    const write = (kind: string, body: Record<string, unknown>) => bookOrder(book, order_id, kind, { head, ...body });
    if (resumed && name !== resumed.name) write('order_rename', { name });
    for (const line of sold.lines) holdLine(write, line, resumed);
    for (const { line_id, quantity_milli } of missing(sold, resumed)) write('order_line_void', { line_id, quantity_milli, reason: 'removed' });
    if (resumed || sold.note || sold.discounts.length) write('order_line_set', { line_id: null, note: sold.note, discount: sold.discounts[0] ?? null });
    book.remove('cart', 'current');
  });
  cart.completed();
  await orders.load();
}

/** Fills the empty cart with what is left of a held order. Prices stay as they were when its lines were rung. */
export function resume({ id, order }: HeldOrder): void {
  const left = leftOf(order);
  const filled = cartOf(order);
  const lines = left.map((line) => ({ line_id: line.line_id, quantity_milli: line.left_milli, note: line.note, discount: JSON.stringify(line.discount ?? null) }));
  cart.begin({ ...filled, order_id: id, note: order.note }, { resumed: { order_id: id, name: order.name, lines } });
}

/** While the resumed order is on the payment screen the other tills hear so. Courtesy only: without the server it is left out. */
export function keepLease(taken: () => void): () => void {
  const resumed = cart.resumed;
  if (!resumed) return () => undefined;
  const take = () => void post(`/orders/${resumed.order_id}/lease`, {}, { timeoutMs: LEASE_TIMEOUT_MS }).catch((error: unknown) => error instanceof Problem && error.status === 409 && taken());
  const again = setInterval(take, LEASE_AGAIN_MS);
  take();
  return () => {
    clearInterval(again);
    giveBack(resumed.order_id);
  };
}

/** The resumed order goes back as it was: nothing was sold of it, and nothing of it is lost. */
export async function letGo(): Promise<void> {
  cart.clear();
  await orders.load();
}

/** Gives a held order up, with a reason. */
export async function dropOrder({ id, order }: HeldOrder, reason: string): Promise<void> {
  const head: Head_ = { branch_id: order.branch_id, kind: order.kind, name: order.name };
  await record((book) => {
    bookOrder(book, id, 'order_drop', { head, reason });
    bookEvent(book, 'order_dropped', { name: order.name, reason });
  });
  await orders.load();
}

/** What a sale pays of the order's lines; ids as the server makes them. Worked out before the transaction begins. */
export async function paymentsOf(sold: Cart, sale_id: string, resumed: Resumed | null): Promise<OrderPayment[]> {
  if (!resumed) return [];
  const paid = sold.lines.map((line, at) => ({ line, position: at + 1 })).filter(({ line }) => line.origin_id !== null);
  return Promise.all(
    paid.map(async ({ line, position }) => ({ id: await derived(sale_id, String(position)), line_id: line.origin_id!, quantity_milli: line.quantity_milli, sale_id })),
  );
}

/** Books the payments beside the sale, and gives up what was taken out of the resumed order before it was paid. */
export function bookPayments(book: Book, payments: readonly OrderPayment[], hlc: string, resumed: Resumed | null): void {
  if (!resumed) return;
  const head: Head_ = { branch_id: shop.branch!.id, kind: KIND, name: resumed.name };
  for (const { id, ...paid } of payments) {
    book.put('orders', { id, order_id: resumed.order_id, kind: 'order_line_pay', hlc, person_id: session.id, body: { head, ...paid } });
  }
  for (const { line_id, quantity_milli } of missing(cart.now, resumed)) {
    bookOrder(book, resumed.order_id, 'order_line_void', { head, line_id, quantity_milli, reason: 'removed' });
  }
}

function holdLine(write: (kind: string, body: Record<string, unknown>) => void, line: CartLine, resumed: Resumed | null): void {
  const before = resumed?.lines.find(({ line_id }) => line_id === line.origin_id);
  if (!before) {
    write('order_line_add', addition(line));
    return;
  }
  if (line.note !== before.note) write('order_line_set', { line_id: before.line_id, note: line.note });
  if (JSON.stringify(discountOf(line)) !== before.discount) write('order_line_set', { line_id: before.line_id, discount: discountOf(line) });
}

/** One operation of an order, pushed and kept here at once. */
function bookOrder(book: Book, order_id: string, kind: string, body: Record<string, unknown>): void {
  const operation = book.operation(kind, { order_id, ...body }, { person_id: session.id, shift_id: shift.open?.id ?? null });
  book.put('orders', { id: operation.id, order_id, kind, hlc: operation.hlc, person_id: session.id, body });
}

function giveBack(order_id: string): void {
  if (net.online) void remove(`/orders/${order_id}/lease`, { timeoutMs: LEASE_TIMEOUT_MS }).catch(() => undefined);
}
