/** GS1 element strings: article, weight, count, lot (as `server/values/gs1.py`). */
import { isValid, splitAim } from './barcode.ts';
import { scaled } from './rounding.ts';

export const SEPARATOR = '\x1d';

const AIM_IDS = new Set(['C1', 'd2', 'e0', 'Q3']);
const FIXED: Record<string, number> = { '00': 18, '01': 14, '02': 14, '11': 6, '13': 6, '15': 6, '17': 6, '20': 2, '8005': 6 };
const OPEN: Record<string, number> = { '10': 20, '21': 20, '30': 8, '37': 8, '8020': 25, '99': 90 };
const DECIMAL_OPEN: Record<string, number> = { '390': 15, '391': 18, '392': 15, '393': 18 };

/** Fields by identifier (decimal ones with their digit, as "3103"), and the unread rest. */
export interface Elements {
  fields: Record<string, string>;
  rest: string;
}

/** Does a scan hold an element string: by its AIM id, a separator, or a right GTIN behind 01? */
export function isGs1(scanned: string): boolean {
  const [code, aim] = splitAim(scanned);
  return (aim !== null && AIM_IDS.has(aim)) || code.includes(SEPARATOR) || (code.length >= 16 && code.startsWith('01') && isValid(code.slice(2, 16)));
}

/** Take an element string apart; never fails: what is not understood is in `rest`. */
export function readElements(scanned: string): Elements {
  let code = splitAim(scanned)[0].replace(/^\x1d+/, '');
  const fields: Record<string, string> = {};
  while (code) {
    const [identifier, length, open] = fieldAt(code);
    const value = identifier ? code.slice(identifier.length, identifier.length + length).split(SEPARATOR)[0] : '';
    if (!value || (!open && (value.length !== length || !/^[0-9]+$/.test(value)))) break;
    fields[identifier] = value;
    code = code.slice(identifier.length + value.length);
    if (code.startsWith(SEPARATOR)) code = code.slice(1);
  }
  return { fields, rest: code };
}

export const gtinOf = ({ fields }: Elements): string | null => fields['01'] ?? fields['02'] ?? null;

export const lotOf = ({ fields }: Elements): string | null => fields['10'] ?? null;

/** Pieces: identifier 30 or 37. */
export function countOf({ fields }: Elements): number | null {
  const digits = fields['30'] ?? fields['37'];
  return digits ? Number(digits) : null;
}

/** Net weight (310n) in thousandths of a kilogram, half up. */
export function weightOf({ fields }: Elements): number | null {
  const found = Object.entries(fields).find(([identifier]) => /^310\d$/.test(identifier));
  return found ? scaled(Number(found[1]), 1_000, 10 ** Number(found[0][3])) : null;
}

function fieldAt(code: string): [identifier: string, length: number, open: boolean] {
  for (const width of [2, 4]) {
    const identifier = code.slice(0, width);
    if (identifier in FIXED) return [identifier, FIXED[identifier], false];
    if (identifier in OPEN) return [identifier, OPEN[identifier], true];
  }
  const family = code.slice(0, 3);
  if (!/^[0-9]$/.test(code.slice(3, 4))) return ['', 0, false];
  if (/^31[0-6]$|^32[0-9]$/.test(family) || family === '395') return [code.slice(0, 4), 6, false];
  if (family === '394') return [code.slice(0, 4), 4, false];
  return family in DECIMAL_OPEN ? [code.slice(0, 4), DECIMAL_OPEN[family], true] : ['', 0, false];
}
