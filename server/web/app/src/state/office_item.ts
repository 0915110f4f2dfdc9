/** An item on its way through a form: what is typed, what is wrong with it, and what is sent. */
import { checkDigit, isValid, symbology } from '../core/barcode.ts';
import { decimalMark, type Language } from '../core/format.ts';
import { parseMoney } from '../core/money.ts';
import { parseQuantity, plainQuantity } from '../core/qty.ts';
import type { Item } from './office_types.ts';

export interface ItemDraft {
  name: string;
  sku: string;
  /** 0: no category. */
  category_id: number;
  unit_id: number;
  tax_class_id: number;
  is_weighed: boolean;
  plu: string;
  is_quick: boolean;
  quick_position: string;
  codes: { code: string; pack: string }[];
  price: string;
}

export interface Fault {
  field: string;
  /** `errors.<code>`. */
  code: string;
  params?: Record<string, string | number>;
}

export const emptyDraft = (): ItemDraft => ({
  name: '', sku: '', category_id: 0, unit_id: 0, tax_class_id: 0, is_weighed: false, plu: '',
  is_quick: false, quick_position: '', codes: [{ code: '', pack: '1' }], price: '',
});

export function draftOf(item: Item, language: Language): ItemDraft {
  return {
    name: item.name,
    sku: item.sku,
    category_id: item.category_id ?? 0,
    unit_id: item.unit_id,
    tax_class_id: item.tax_class_id,
    is_weighed: item.is_weighed,
    plu: item.plu === null ? '' : String(item.plu),
    is_quick: item.quick_position !== null,
    quick_position: item.quick_position === null ? '' : String(item.quick_position),
    codes: item.barcodes.map((pack) => ({ code: pack.code, pack: plainQuantity(pack.quantity_milli).replace('.', decimalMark(language)) })),
    price: '',
  };
}

/** What the form finds before the server is asked. A new item (`withPrice`) may have a first price. */
export function faultsOf(draft: ItemDraft, withPrice = false): Fault[] {
  const faults: Fault[] = [];
  if (!draft.name.trim()) faults.push({ field: 'name', code: 'required' });
  if (!draft.sku.trim()) faults.push({ field: 'sku', code: 'required' });
  if (draft.is_weighed && draft.plu.trim() && !isWhole(draft.plu, 1, 999_999)) {
    faults.push({ field: 'plu', code: 'out_of_range', params: { least: 1, most: 999_999 } });
  }
  if (draft.is_quick && draft.quick_position.trim() && !isWhole(draft.quick_position, 0, 10_000)) {
    faults.push({ field: 'quick_position', code: 'out_of_range', params: { least: 0, most: 10_000 } });
  }
  if (withPrice && draft.price.trim() && !isPrice(draft.price)) faults.push({ field: 'price_minor', code: 'price_needed' });
  return faults.concat(codeFaults(draft));
}

/** The wrong check digits, doubles and pack quantities, each at its own field. */
function codeFaults(draft: ItemDraft): Fault[] {
  const faults: Fault[] = [];
  const seen = new Set<string>();
  for (const [index, typed] of draft.codes.entries()) {
    const code = typed.code.trim();
    if (!code) continue;
    const field = `barcodes.${index}.code`;
    if (symbology(code) !== null && !isValid(code)) {
      faults.push({ field, code: 'wrong_check_digit', params: { code, expected: checkDigit(code.slice(0, -1)) } });
    } else if (seen.has(code)) {
      faults.push({ field, code: 'twice', params: { value: code } });
    }
    if ((parseQuantity(typed.pack) ?? 0) <= 0) faults.push({ field: `barcodes.${index}.quantity_milli`, code: 'not_valid' });
    seen.add(code);
  }
  return faults;
}

/** The body of POST and PUT /catalog/items. Lines without a code are left out, so `codeFields` maps faults back. */
export function bodyOf(draft: ItemDraft): Record<string, unknown> {
  return {
    name: draft.name.trim(),
    sku: draft.sku.trim(),
    category_id: draft.category_id || null,
    unit_id: draft.unit_id,
    tax_class_id: draft.tax_class_id,
    is_weighed: draft.is_weighed,
    plu: draft.is_weighed && draft.plu.trim() ? Number(draft.plu) : null,
    quick_position: draft.is_quick ? Number(draft.quick_position.trim() || 0) : null,
    barcodes: draft.codes.filter((typed) => typed.code.trim()).map((typed) => ({ code: typed.code.trim(), quantity_milli: parseQuantity(typed.pack) })),
  };
}

/** The body without its empty code lines has other places: 'barcodes.0.code' of the server → the line on the screen. */
export function onScreen(faults: Record<string, string>, draft: ItemDraft): Record<string, string> {
  const filled = draft.codes.flatMap((typed, index) => (typed.code.trim() ? [index] : []));
  return Object.fromEntries(
    Object.entries(faults).map(([field, text]) => [field.replace(/^barcodes\.(\d+)/, (_, at: string) => `barcodes.${filled[Number(at)] ?? at}`), text]),
  );
}

/** The number that follows the newest item's ("0412" → "0413"), or nothing where numbers are words. */
export function nextSku(newest: string | undefined): string {
  if (newest === undefined) return '0001';
  const match = /^(.*?)(\d{1,15})$/.exec(newest);
  return match ? match[1] + String(Number(match[2]) + 1).padStart(match[2].length, '0') : '';
}

export const isPrice = (text: string): boolean => (parseMoney(text) ?? -1) >= 0;

const isWhole = (text: string, least: number, most: number): boolean =>
  /^\d{1,7}$/.test(text.trim()) && Number(text) >= least && Number(text) <= most;
