/**
 * Returns by receipt: the sold lines with what of them is still left, and the cart that brings them back at the price that
 * was really paid. What other tills took back the server knows; without it this device's own log has to do.
 */
import { addLine, EMPTY, type Cart, type CartLine } from '../core/cart.ts';
import type { Amounts } from '../core/pricing.ts';
import { leftToReturn, mirrored, NOTHING, paidBack, returnOf, type SoldLine } from '../core/refund.ts';
import { newId } from '../core/uuid7.ts';
import { get, NoConnection, Problem } from '../data/api.ts';
import { type KeptSale, read } from '../data/db.ts';
import { cart } from './cart.svelte.ts';
import type { KeptReceipt, SaleBodyKept } from './till_paper.ts';
import { answered, type SaleAnswer } from './till_answers.ts';

export interface ReturnableLine extends SoldLine {
  position: number;
  item_id: number | null;
  name: string;
  unit: string;
  unit_price_minor: number;
  price_id: number | null;
  tax_rate_id: number;
  rate_bp: number;
  left_milli: number;
}

export interface Returnable {
  sale_id: string;
  number: string;
  rung_at: number;
  total_minor: number;
  tender_type_ids: number[];
  lines: ReturnableLine[];
  /** The server's word on earlier returns was not to be had. */
  localOnly: boolean;
}

const TIMEOUT_MS = 4_000;

/** The sale of a receipt's id or number; null when neither this device nor the server knows it. */
export async function returnableOf(asked: string): Promise<Returnable | null> {
  const local = await localSale(asked);
  const remote = await remoteSale(local?.id ?? asked);
  if (remote) return answered(remote, await unsentReturns(remote.id));
  return local ? ofLocal(local, await localReturns(local.id)) : null;
}

/** A cart with these quantities coming back. Units: thousandths, by the sold line's position. */
export function returnCart(sale: Returnable, quantities: ReadonlyMap<number, number>): Cart {
  const lines = sale.lines.filter((line) => (quantities.get(line.position) ?? 0) > 0);
  const filled = lines.reduce((so_far, line) => addLine(so_far, returnLine(line, quantities.get(line.position)!)), EMPTY);
  return { ...filled, returns_sale_id: sale.sale_id };
}

/** What a quantity of a line would bring back, positive. */
export const worthOf = (line: ReturnableLine, quantity_milli: number): number => returnOf(line, quantity_milli).total_minor;

export function beginReturn(sale: Returnable, quantities: ReadonlyMap<number, number>, approved_by: number | null): void {
  cart.begin(returnCart(sale, quantities), { returning: { number: sale.number, tender_type_ids: sale.tender_type_ids }, approved_by });
}

function returnLine(line: ReturnableLine, quantity_milli: number): CartLine {
  const { item_id, name, unit, unit_price_minor, price_id, tax_rate_id, rate_bp, position } = line;
  return {
    id: newId(), item_id, name, unit, unit_price_minor, price_id, tax_rate_id, rate_bp, barcode: null, quantity_milli: -quantity_milli,
    list_price_minor: null, priced_at: Date.now(), discounts: [], label_minor: null, weight_from: 'none', note: '', origin_id: null, approved_by: null,
    returns: { position, amounts: mirrored(returnOf(line, quantity_milli)) },
  };
}

const isId = (asked: string): boolean => /^[0-9a-f]{8}-/i.test(asked);

export async function localSale(asked: string): Promise<KeptSale | null> {
  const found = isId(asked)
    ? await read((db) => db.get('sales', asked.toLowerCase()))
    : await read((db) => db.getFromIndex('sales', 'number', asked.trim().toUpperCase()));
  return found ?? null;
}

async function remoteSale(asked: string): Promise<SaleAnswer | null> {
  try {
    const id = isId(asked) ? asked : await idOfNumber(asked);
    return id ? await get<SaleAnswer>(`/sales/sales/${id}`, { timeoutMs: TIMEOUT_MS }) : null;
  } catch (error) {
    if (error instanceof NoConnection || error instanceof Problem) return null; // Not there, or not to be asked now.
    throw error;
  }
}

async function idOfNumber(number: string): Promise<string | null> {
  const { rows } = await get<{ rows: { id: string }[] }>('/sales/sales', { query: { number: number.trim().toUpperCase(), limit: 1 }, timeoutMs: TIMEOUT_MS });
  return rows[0]?.id ?? null;
}

async function localReturns(sale_id: string): Promise<KeptSale[]> {
  const all = await read((db) => db.getAll('sales'));
  return all.filter((sale) => sale.returns_sale_id === sale_id);
}

/** Returns of this device that the server has not heard of yet. */
async function unsentReturns(sale_id: string): Promise<KeptSale[]> {
  const unsent = await read((db) => db.getAllFromIndex('outbox', 'unsent'));
  const ids = new Set(unsent.map(({ id }) => id));
  return (await localReturns(sale_id)).filter(({ id }) => ids.has(id));
}

function ofLocal(sale: KeptSale, returns: readonly KeptSale[]): Returnable {
  const body = sale.body as SaleBodyKept;
  const paper = sale.receipt as KeptReceipt;
  const lines = body.lines.map((line, at) => {
    const own = paper.lines[at];
    const before = returnedOf(returns, line.position);
    return withLeft({
      position: line.position, item_id: line.item_id, name: line.name, unit: own.unit, unit_price_minor: line.unit_price_minor,
      price_id: line.price_id, tax_rate_id: line.tax_rate_id, rate_bp: own.rate_bp, sold: amountsOf(own), sold_milli: line.quantity_milli,
      returned_milli: before.returned_milli, paid_back: before.paid_back,
    });
  });
  return {
    sale_id: sale.id, number: sale.number, rung_at: sale.rung_at, total_minor: sale.total_minor, localOnly: true,
    tender_type_ids: body.tenders.map((tender) => tender.tender_type_id), lines: lines.filter((line) => line.sold_milli > 0),
  };
}

/** What returns of this device took back of a line. */
export function returnedOf(returns: readonly KeptSale[], position: number): { returned_milli: number; paid_back: Amounts } {
  const own = returns.flatMap((sale) => {
    const paper = (sale.receipt as KeptReceipt).lines;
    return (sale.body as SaleBodyKept).lines.flatMap((line, at) => (line.returns_position === position ? [{ line, paper: paper[at] }] : []));
  });
  const returned_milli = own.reduce((sum, { line }) => sum - line.quantity_milli, 0);
  return { returned_milli, paid_back: own.length ? paidBack(own.map(({ paper }) => amountsOf(paper))) : NOTHING };
}

const amountsOf = ({ gross_minor, discount_minor, share_minor, total_minor, tax_minor }: KeptReceipt['lines'][number]): Amounts => ({ gross_minor, discount_minor, share_minor, total_minor, tax_minor });

export const withLeft = (line: Omit<ReturnableLine, 'left_milli'>): ReturnableLine => ({ ...line, left_milli: leftToReturn(line) });
