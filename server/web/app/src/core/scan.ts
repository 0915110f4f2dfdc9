/**
 * What a scanned code means: one of our receipts, an item (by its barcode, a GS1 element string or the label of a scale),
 * a misread label, or nothing that we know. Labels and element strings are read before the catalogue is asked.
 */
import { isValid, lookupForms, MAX_LENGTH, saleOfReceipt, splitAim, symbology } from './barcode.ts';
import { countOf, gtinOf, isGs1, readElements, weightOf } from './gs1.ts';
import { readLabel, WRONG_CHECK_DIGIT, type Label } from './labels.ts';

/** What the catalogue answers, from memory. */
export interface ScanLookup {
  barcode(code: string): { item_id: number; quantity_milli: number } | undefined;
  plu(plu: number): number | undefined;
  templates: readonly string[];
}

export type Scan =
  | { kind: 'receipt'; sale_id: string }
  | { kind: 'item'; item_id: number; barcode: string; quantity_milli: number; weight_from: 'label' | 'none'; label_minor: number | null }
  | { kind: 'wrong_check_digit'; code: string }
  | { kind: 'unknown'; code: string };

/** A label with a printed price leaves the quantity at 0: `quantityForPrice` finds it once the unit price is known. */
export function readScan(scanned: string, lookup: ScanLookup): Scan {
  const sale_id = saleOfReceipt(scanned);
  if (sale_id) return { kind: 'receipt', sale_id };
  const text = scanned.trim().slice(0, MAX_LENGTH);
  const [code] = splitAim(text);
  const label = readLabel(code, lookup.templates);
  if (label === WRONG_CHECK_DIGIT) return { kind: 'wrong_check_digit', code };
  return (label && ofLabel(label, code, lookup)) ?? (isGs1(text) ? ofElements(text, lookup) : null) ?? ofCode(code, lookup);
}

function ofLabel(label: Label, code: string, lookup: ScanLookup): Scan | null {
  const item_id = lookup.plu(label.plu) ?? lookup.barcode(label.zeroed)?.item_id;
  if (item_id === undefined) return null;
  const quantity_milli = label.weight_g ?? (label.count === null ? 0 : label.count * 1_000);
  return { kind: 'item', item_id, barcode: code, quantity_milli, weight_from: 'label', label_minor: label.price_minor };
}

function ofElements(text: string, lookup: ScanLookup): Scan | null {
  const elements = readElements(text);
  const gtin = gtinOf(elements);
  const found = gtin === null ? undefined : find(gtin, lookup);
  if (gtin === null || !found) return null;
  const weight = weightOf(elements);
  const quantity_milli = weight ?? found.quantity_milli * (countOf(elements) ?? 1);
  return { kind: 'item', item_id: found.item_id, barcode: gtin, quantity_milli, weight_from: weight === null ? 'none' : 'label', label_minor: null };
}

/** A code that the catalogue holds is taken as it is; only an unknown one is asked for its check digit. */
function ofCode(code: string, lookup: ScanLookup): Scan {
  const found = find(code, lookup);
  if (found) return { kind: 'item', ...found, barcode: code, weight_from: 'none', label_minor: null };
  return symbology(code) && !isValid(code) ? { kind: 'wrong_check_digit', code } : { kind: 'unknown', code };
}

function find(code: string, lookup: ScanLookup): { item_id: number; quantity_milli: number } | undefined {
  for (const form of lookupForms(code)) {
    const found = lookup.barcode(form);
    if (found) return found;
  }
  return undefined;
}
