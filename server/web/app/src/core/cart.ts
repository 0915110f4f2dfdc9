/**
 * The cart: an immutable value, every change gives a new one. Totals are kept by difference while no discount of the
 * whole sale has to be shared out, so a scan costs the same in a long cart as in a short one. Prices, ids and times are
 * passed in; `sale.ts` makes the finished sale of it.
 */
import { priceLine, price, taken, type Amounts, type Discount, type Priced, type PricingLine } from './pricing.ts';
import { taxInside } from './tax.ts';
import { changeOf } from './change.ts';

export const MAX_LINES = 500;
export const MAX_QUANTITY_MILLI = 1_000_000_000;
export const MAX_UNDO = 50;

export interface CartDiscount extends Discount {
  id: string;
  approved_by: number | null;
}

export interface CartLine {
  /** The line's own id in the cart (and in an open order); never the item's. */
  id: string;
  item_id: number | null;
  name: string;
  barcode: string | null;
  unit: string;
  quantity_milli: number;
  unit_price_minor: number;
  /** The price before it was changed by hand; null when it was not. */
  list_price_minor: number | null;
  price_id: number | null;
  priced_at: number;
  tax_rate_id: number;
  rate_bp: number;
  discounts: readonly CartDiscount[];
  label_minor: number | null;
  weight_from: 'scale' | 'label' | 'hand' | 'none';
  note: string;
  /** The line of an open order that this line pays. */
  origin_id: string | null;
  /** Set on a line that comes back: the sold line's position, and the signed amounts. */
  returns: { position: number; amounts: Amounts } | null;
  approved_by: number | null;
}

export interface CartTender {
  id: string;
  tender_type_id: number;
  kind: string;
  amount_minor: number;
  given_minor: number;
  change_minor: number;
  reference: string;
}

export interface Totals {
  gross_minor: number;
  discount_minor: number;
  tax_minor: number;
  total_minor: number;
  /** Pieces, and one for each weighed line. */
  pieces: number;
}

export interface Cart {
  lines: readonly CartLine[];
  discounts: readonly CartDiscount[];
  tenders: readonly CartTender[];
  note: string;
  /** The id of the selected line. */
  selected: string | null;
  /** The open order that was resumed into this cart. */
  order_id: string | null;
  /** The sale whose goods come back. */
  returns_sale_id: string | null;
  customer_id: string | null;
  totals: Totals;
  /** Sums of undisturbed lines by tax rate: the ground of the totals. */
  sums: Sums;
}

interface Sums {
  gross_minor: number;
  discount_minor: number;
  returned_tax_minor: number;
  pieces: number;
  rates: ReadonlyMap<number, { rate_bp: number; total_minor: number }>;
}

const NO_SUMS: Sums = { gross_minor: 0, discount_minor: 0, returned_tax_minor: 0, pieces: 0, rates: new Map() };
const NO_TOTALS: Totals = { gross_minor: 0, discount_minor: 0, tax_minor: 0, total_minor: 0, pieces: 0 };

export const EMPTY: Cart = {
  lines: [], discounts: [], tenders: [], note: '', selected: null, order_id: null, returns_sale_id: null, customer_id: null,
  totals: NO_TOTALS, sums: NO_SUMS,
};

export const isEmpty = (cart: Cart): boolean => cart.lines.length === 0;

export const lineOf = (cart: Cart, id: string | null): CartLine | null => cart.lines.find((line) => line.id === id) ?? null;

/** Add a line, or raise the quantity of a like one; the line is selected. A full cart stays as it is. */
export function addLine(cart: Cart, line: CartLine): Cart {
  const like = cart.lines.find((other) => isAlike(other, line));
  if (like) return setQuantity({ ...cart, selected: like.id }, like.id, like.quantity_milli + line.quantity_milli);
  if (cart.lines.length >= MAX_LINES) return cart;
  return retotalled({ ...cart, lines: [...cart.lines, line], selected: line.id }, null, line);
}

/** A piece of the same item at the same price, untouched by hand, goes onto the same line; what was weighed never does. */
function isAlike(a: CartLine, b: CartLine): boolean {
  return (
    a.item_id !== null && a.item_id === b.item_id && a.unit_price_minor === b.unit_price_minor && a.price_id === b.price_id &&
    a.tax_rate_id === b.tax_rate_id && [a, b].every(isPlain) && a.quantity_milli > 0 && b.quantity_milli > 0
  );
}

const isPlain = (line: CartLine): boolean =>
  line.weight_from === 'none' && line.label_minor === null && line.returns === null && line.origin_id === null && line.note === '' &&
  line.discounts.length === 0 && line.list_price_minor === null && line.approved_by === null;

/** A quantity of 0 removes the line; any other ends the printed price of a label. One beyond the limit, or of a line that comes back, changes nothing. */
export function setQuantity(cart: Cart, id: string, quantity_milli: number): Cart {
  if (quantity_milli === 0) return removeLine(cart, id);
  const line = lineOf(cart, id);
  if (!line || line.returns || Math.abs(quantity_milli) > MAX_QUANTITY_MILLI) return cart;
  return changeLine(cart, id, { quantity_milli, label_minor: null });
}

/** Change fields of one line. */
export function changeLine(cart: Cart, id: string, fields: Partial<Omit<CartLine, 'id'>>): Cart {
  const before = lineOf(cart, id);
  if (!before) return cart;
  const after = { ...before, ...fields };
  return retotalled({ ...cart, lines: cart.lines.map((line) => (line === before ? after : line)) }, before, after);
}

/** Take a line out; the one above (else the first) becomes the selected. */
export function removeLine(cart: Cart, id: string): Cart {
  const at = cart.lines.findIndex((line) => line.id === id);
  if (at < 0) return cart;
  const lines = cart.lines.filter((line) => line.id !== id);
  const selected = cart.selected === id ? (lines[Math.max(0, at - 1)]?.id ?? null) : cart.selected;
  return retotalled({ ...cart, lines, selected }, cart.lines[at], null);
}

export const select = (cart: Cart, id: string | null): Cart => ({ ...cart, selected: id });

/** Select the line above (−1) or below (+1). */
export function moveSelection(cart: Cart, step: -1 | 1): Cart {
  if (!cart.lines.length) return cart;
  const at = cart.lines.findIndex((line) => line.id === cart.selected);
  const to = at < 0 ? (step > 0 ? 0 : cart.lines.length - 1) : Math.min(Math.max(at + step, 0), cart.lines.length - 1);
  return select(cart, cart.lines[to].id);
}

/** Put a price by hand on a line; the list's price is remembered. */
export function setPrice(cart: Cart, id: string, unit_price_minor: number, approved_by: number | null): Cart {
  const line = lineOf(cart, id);
  if (!line || line.returns) return cart;
  return changeLine(cart, id, { unit_price_minor, list_price_minor: line.list_price_minor ?? line.unit_price_minor, label_minor: null, approved_by });
}

export const setNote = (cart: Cart, id: string | null, note: string): Cart => (id === null ? { ...cart, note } : changeLine(cart, id, { note }));

/** The discounts of a line (id) or of the whole sale (null), in the order in which they are taken. */
export function setDiscounts(cart: Cart, id: string | null, discounts: readonly CartDiscount[]): Cart {
  if (id !== null) return changeLine(cart, id, { discounts });
  return retotalled({ ...cart, discounts }, null, null);
}

/** What a discount is taken from: the line's amount, or the sale's after its lines' discounts. */
export function discountBase(cart: Cart, id: string | null): number {
  const line = lineOf(cart, id);
  if (line) return priceLine(pricingLine(line)).gross_minor;
  return cart.lines.reduce((sum, own) => (own.returns ? sum : sum + priced1(own).total_minor), 0);
}

/** The amount that a discount would take off a line or the sale. */
export const discountAmount = (cart: Cart, id: string | null, discount: Discount): number => taken([discount], discountBase(cart, id))[0];

/** Everything about the sale, line by line: for the receipt and the finished sale, not for each scan. */
export const pricedCart = (cart: Cart): Priced => price(cart.lines.map(pricingLine), cart.discounts);

export const pricingLine = (line: CartLine): PricingLine => ({
  quantity_milli: line.quantity_milli,
  unit_price_minor: line.unit_price_minor,
  tax_rate_id: line.tax_rate_id,
  rate_bp: line.rate_bp,
  discounts: line.discounts,
  label_minor: line.label_minor,
  returned: line.returns?.amounts ?? null,
});

/** What is still to pay (negative: to pay back). */
export const dueOf = (cart: Cart): number => cart.totals.total_minor - cart.tenders.reduce((sum, tender) => sum + tender.amount_minor, 0);

export const changeDue = (cart: Cart): number => cart.tenders.reduce((sum, tender) => sum + tender.change_minor, 0);

/** Are all tenders there? A sale of nothing needs none. */
export const isPaid = (cart: Cart): boolean => !isEmpty(cart) && dueOf(cart) === 0;

/**
 * Add a tender. Cash may be more than is due (change comes back); another kind is taken up to what is due. When money
 * goes back, the tender's amount is negative, given = amount and there is no change. Nothing due: nothing added.
 */
export function addTender(cart: Cart, tender: Pick<CartTender, 'id' | 'tender_type_id' | 'kind' | 'reference'>, given_minor: number): Cart {
  const due = dueOf(cart);
  if (due === 0 || given_minor === 0) return cart;
  const money = due < 0 ? backTo(due, given_minor) : towards(due, given_minor, tender.kind === 'cash');
  return { ...cart, tenders: [...cart.tenders, { ...tender, ...money }] };
}

export const removeTender = (cart: Cart, id: string): Cart => ({ ...cart, tenders: cart.tenders.filter((tender) => tender.id !== id) });

export const clearTenders = (cart: Cart): Cart => ({ ...cart, tenders: [] });

function towards(due_minor: number, given_minor: number, isCash: boolean) {
  const { amount_minor, change_minor } = changeOf(due_minor, given_minor);
  return isCash ? { amount_minor, given_minor, change_minor } : { amount_minor, given_minor: amount_minor, change_minor: 0 };
}

function backTo(due_minor: number, given_minor: number) {
  const amount_minor = Math.max(due_minor, -Math.abs(given_minor));
  return { amount_minor, given_minor: amount_minor, change_minor: 0 };
}

/** Past states for undo, newest last. Selection and tenders are not changes worth undoing; the caller pushes what is. */
export const remember = (past: readonly Cart[], cart: Cart): readonly Cart[] => [...past, cart].slice(-MAX_UNDO);

/** Replace one line by another in the sums and work out the totals anew. */
function retotalled(cart: Cart, before: CartLine | null, after: CartLine | null): Cart {
  const sums = withLine(withLine(cart.sums, before, -1), after, 1);
  return { ...cart, sums, totals: cart.discounts.length ? sharedTotals(cart, sums) : plainTotals(sums) };
}

function withLine(sums: Sums, line: CartLine | null, sign: 1 | -1): Sums {
  if (!line) return sums;
  const own = priced1(line);
  const rates = new Map(sums.rates);
  const taxed = line.returns ? 0 : own.total_minor;
  rates.set(line.tax_rate_id, { rate_bp: line.rate_bp, total_minor: (rates.get(line.tax_rate_id)?.total_minor ?? 0) + sign * taxed });
  return {
    gross_minor: sums.gross_minor + sign * own.gross_minor,
    discount_minor: sums.discount_minor + sign * own.discount_minor,
    returned_tax_minor: sums.returned_tax_minor + sign * (line.returns?.amounts.tax_minor ?? 0),
    pieces: sums.pieces + sign * piecesOf(line),
    rates,
  };
}

/** A line by itself: its gross, its discounts (of a line that comes back, its share too) and what is left. */
function priced1(line: CartLine): { gross_minor: number; discount_minor: number; total_minor: number } {
  const { gross_minor, discount_minor } = priceLine(pricingLine(line));
  const off = discount_minor + (line.returns?.amounts.share_minor ?? 0);
  return { gross_minor, discount_minor: off, total_minor: gross_minor - off };
}

function piecesOf(line: CartLine): number {
  const isWhole = line.weight_from === 'none' && line.quantity_milli % 1_000 === 0;
  return isWhole ? Math.abs(line.quantity_milli) / 1_000 : 1;
}

function plainTotals(sums: Sums): Totals {
  let tax_minor = sums.returned_tax_minor;
  for (const { rate_bp, total_minor } of sums.rates.values()) tax_minor += taxInside(total_minor, rate_bp);
  const { gross_minor, discount_minor, pieces } = sums;
  return { gross_minor, discount_minor, tax_minor, total_minor: gross_minor - discount_minor, pieces };
}

function sharedTotals(cart: Cart, sums: Sums): Totals {
  const { gross_minor, discount_minor, tax_minor, total_minor } = pricedCart(cart);
  return { gross_minor, discount_minor, tax_minor, total_minor, pieces: sums.pieces };
}
