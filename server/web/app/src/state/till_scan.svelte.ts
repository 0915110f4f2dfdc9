/**
 * From a code to a line: what a scan means, and what is put into the cart. Everything is looked up in maps in memory; the
 * cart is the only thing that is written, and that behind the screen.
 */
import { isValid, lookupForms, saleOfReceipt, splitAim, symbology } from '../core/barcode.ts';
import type { CartLine } from '../core/cart.ts';
import { countOf, gtinOf, isGs1, readElements, weightOf } from '../core/gs1.ts';
import { readLabel, WRONG_CHECK_DIGIT, type Label } from '../core/labels.ts';
import { ONE, quantityForPrice } from '../core/qty.ts';
import { scaled } from '../core/rounding.ts';
import { newId } from '../core/uuid7.ts';
import type { Found } from '../data/catalogue.ts';
import { shopTime } from '../data/server_clock.ts';
import type { Item, Price, TaxRate } from '../data/wire.ts';
import { cart } from './cart.svelte.ts';
import { shop } from './shop.svelte.ts';
import { till, type Strip } from './till.svelte.ts';

export type Meaning =
  | { kind: 'receipt'; sale_id: string }
  | { kind: 'item'; found: Found; code: string; weight_milli: number | null; count: number | null }
  | { kind: 'label'; item: Item; label: Label; code: string }
  | { kind: 'wrong_check_digit'; code: string }
  | { kind: 'unknown'; code: string };

const RECEIPT_NUMBER = /^[A-Z0-9]{1,8}(\.\d+)?-\d{6,}$/i;

/** What a scanned text stands for. */
export function meaningOf(scanned: string): Meaning {
  const sale_id = saleOfReceipt(scanned);
  if (sale_id) return { kind: 'receipt', sale_id };
  if (isGs1(scanned)) return meaningOfGs1(scanned);
  const code = splitAim(scanned)[0].trim();
  const found = lookUp(code);
  if (found) return { kind: 'item', found, code, weight_milli: null, count: null };
  const label = readLabel(code, shop.catalogue.labelTemplates().map(({ pattern }) => pattern));
  if (label === WRONG_CHECK_DIGIT || (label === null && symbology(code) !== null && !isValid(code))) return { kind: 'wrong_check_digit', code };
  const item = label ? (shop.catalogue.byPlu(label.plu) ?? shop.catalogue.byBarcode(label.zeroed)?.item) : null;
  return label && item ? { kind: 'label', item, label, code } : { kind: 'unknown', code };
}

function meaningOfGs1(scanned: string): Meaning {
  const elements = readElements(scanned);
  const code = gtinOf(elements) ?? splitAim(scanned)[0];
  if (symbology(code) !== null && !isValid(code)) return { kind: 'wrong_check_digit', code };
  const found = lookUp(code);
  return found ? { kind: 'item', found, code, weight_milli: weightOf(elements), count: countOf(elements) } : { kind: 'unknown', code };
}

function lookUp(code: string): Found | null {
  for (const form of lookupForms(code)) {
    const found = shop.catalogue.byBarcode(form);
    if (found) return found;
  }
  return null;
}

/** Whether a text looks like the number of a receipt: "K2-000014". */
export const isReceiptNumber = (text: string): boolean => RECEIPT_NUMBER.test(text.trim());

/** Puts what a meaning names into the cart; the strip when it cannot. Returns whether something was added. */
export function ring(meaning: Extract<Meaning, { kind: 'item' | 'label' }>): boolean {
  return meaning.kind === 'label' ? ringLabel(meaning.item, meaning.label, meaning.code) : ringFound(meaning);
}

function ringFound({ found, code, weight_milli, count }: Extract<Meaning, { kind: 'item' }>): boolean {
  if (weight_milli !== null && found.item.is_weighed) return ringWeighed(found.item, weight_milli, 'label', code);
  return ringItem(found.item, { code, quantity_milli: count ? count * ONE : found.quantity_milli });
}

/** An item from a tile, the search or its code; a weighed one is put on the scale first. */
export function ringItem(item: Item, { code = null, quantity_milli = ONE }: { code?: string | null; quantity_milli?: number } = {}): boolean {
  if (item.is_weighed && quantity_milli === ONE) {
    till.weigh(item);
    return true;
  }
  const pending = till.takePending();
  return put(item, { barcode: code, quantity_milli: pending === null ? quantity_milli : scaled(pending, quantity_milli, ONE) });
}

export function ringWeighed(item: Item, weight_milli: number, weight_from: CartLine['weight_from'], code: string | null = null): boolean {
  till.pending = null;
  return put(item, { barcode: code, quantity_milli: weight_milli, weight_from });
}

/** A label of the shop's own scales: its weight, its count, or its price, which stands as it is printed. */
function ringLabel(item: Item, label: Label, code: string): boolean {
  till.pending = null;
  if (label.weight_g !== null) return put(item, { barcode: code, quantity_milli: label.weight_g, weight_from: 'label' });
  if (label.count !== null) return put(item, { barcode: code, quantity_milli: label.count * ONE });
  const price = priceOf(item);
  if (!price || price.amount_minor === 0 || label.price_minor === null) return refuse({ kind: 'no_price', item });
  const quantity_milli = quantityForPrice(label.price_minor, price.amount_minor);
  return put(item, { barcode: code, quantity_milli, weight_from: 'label', label_minor: label.price_minor });
}

type Own = Pick<CartLine, 'barcode' | 'quantity_milli'> & Partial<CartLine>;

function put(item: Item, own: Own): boolean {
  const now = Date.now();
  const price = priceOf(item, now);
  const rate = shop.catalogue.taxRate(item.tax_class_id, shopTime(now));
  if (own.quantity_milli <= 0) return false;
  if (!price) return refuse({ kind: 'no_price', item });
  if (!rate) return refuse({ kind: 'no_tax', name: item.name });
  return putLine(lineOf(item, price, rate, now, own));
}

/** Adds a finished line (an open item comes this way too). */
export function putLine(line: CartLine): boolean {
  till.strip = null;
  till.done = null;
  return cart.add(line) || refuse({ kind: 'full' });
}

/** The price that counts when this device's clock shows `now`, by the shop's time. */
export const priceOf = (item: Item, now = Date.now()): Price | null => shop.catalogue.price(item.id, shopTime(now), shop.branch?.id ?? null);

export function lineOf(item: Item, price: Pick<Price, 'id' | 'amount_minor'>, rate: TaxRate, now: number, own: Own): CartLine {
  return { ...blankLine(rate, now), item_id: item.id, name: item.name, unit: shop.catalogue.unit(item.unit_id)?.code ?? 'pcs', unit_price_minor: price.amount_minor, price_id: price.id, ...own };
}

/** A line of one piece that names no item yet. */
export function blankLine(rate: TaxRate, now: number): CartLine {
  return {
    id: newId(now), item_id: null, name: '', barcode: null, unit: 'pcs', quantity_milli: ONE, unit_price_minor: 0, list_price_minor: null,
    price_id: null, priced_at: now, tax_rate_id: rate.id, rate_bp: rate.rate_bp, discounts: [], label_minor: null, weight_from: 'none',
    note: '', origin_id: null, returns: null, approved_by: null,
  };
}

function refuse(strip: Strip): false {
  till.strip = strip;
  return false;
}
