/** Codes that a scanner reads: check digits, kinds of codes, our own receipts (as `server/values/barcode.py`). */

export const RECEIPT_PREFIX = 'AS1:';
export const MAX_LENGTH = 512;

const LENGTHS: Record<number, string> = { 8: 'ean8', 12: 'upca', 13: 'ean13', 14: 'itf14' };

/** The last digit of an EAN, UPC or ITF-14 code whose other digits are given. */
export function checkDigit(body: string): number {
  let total = 0;
  for (let i = 0; i < body.length; i++) total += Number(body[body.length - 1 - i]) * (i % 2 ? 1 : 3);
  return (10 - (total % 10)) % 10;
}

/** ean8, upca, ean13 or itf14 by the number of digits; null for any other text. */
export const symbology = (code: string): string | null => (/^[0-9]+$/.test(code) ? (LENGTHS[code.length] ?? null) : null);

/** Is it a code of one of those lengths with the right check digit? */
export const isValid = (code: string): boolean => symbology(code) !== null && checkDigit(code.slice(0, -1)) === Number(code.slice(-1));

export const withCheckDigit = (body: string): string => `${body}${checkDigit(body)}`;

/** The texts under which a catalogue may hold a code: the same number with zeros in front or without them. */
export function lookupForms(code: string): string[] {
  if (symbology(code) === null) return [code];
  const digits = code.replace(/^0+/, '');
  const lengths = [13, 12, 14, 8].filter((length) => length >= digits.length && length !== code.length);
  return [code, ...lengths.map((length) => digits.padStart(length, '0'))];
}

/** A scan without its AIM symbology id, and that id: "]E04006381333931" → ["4006381333931", "E0"]. */
export function splitAim(scanned: string): [string, string | null] {
  const match = /^\]([A-Za-z][0-9A-Za-z])/.exec(scanned);
  return match ? [scanned.slice(match[0].length), match[1]] : [scanned, null];
}

/** What the QR of a receipt holds. */
export const receiptCode = (saleId: string): string => RECEIPT_PREFIX + saleId.toUpperCase();

/** The id of the sale whose receipt was scanned, or null when it is another code. */
export function saleOfReceipt(scanned: string): string | null {
  const text = scanned.trim();
  if (text.slice(0, RECEIPT_PREFIX.length).toUpperCase() !== RECEIPT_PREFIX) return null;
  const match = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(
    text.slice(RECEIPT_PREFIX.length).replaceAll('-', '').toLowerCase(),
  );
  return match ? match.slice(1).join('-') : null;
}
