/** Money: an integer in minor units (qəpik, cents) with a currency beside it. */
import { scaled, shareOut } from './rounding.ts';

export const MILLI = 1_000;
export const BASIS = 10_000;

/** Digits of the minor unit, where a currency does not have two. */
const EXPONENTS: Record<string, number> = { JPY: 0, KRW: 0, KWD: 3, BHD: 3, OMR: 3, JOD: 3, TND: 3 };

export const exponent = (currency: string): number => EXPONENTS[currency] ?? 2;

/** Quantity times price, rounded once. Units: thousandths and minor units in, minor units out. */
export const lineAmount = (quantity_milli: number, unit_price_minor: number): number => scaled(quantity_milli, unit_price_minor, MILLI);

/** A percentage of an amount, rounded once. Units: basis points (5 % is 500). */
export const percentOf = (amount_minor: number, rate_bp: number): number => scaled(amount_minor, rate_bp, BASIS);

/** part / whole of an amount, rounded half up. */
export const partOf = (amount_minor: number, part: number, whole: number): number => scaled(amount_minor, part, whole);

/** Split an amount over weights (none negative) by largest remainder: the parts always add up to the amount. */
export function allocate(amount_minor: number, weights: readonly number[]): number[] {
  if (weights.some((weight) => weight < 0)) throw new RangeError('weights must not be negative');
  if (amount_minor === 0) return weights.map(() => 0);
  const whole = weights.reduce((a, b) => a + b, 0);
  if (whole === 0) throw new RangeError('there is nothing to share the amount over');
  return shareOut(amount_minor, amount_minor, weights, whole);
}

/** The amount as a plain decimal with a point: 1250 → "12.50". For screens use `format.ts`. */
export function plain(amount_minor: number, currency = 'AZN'): string {
  const digits = exponent(currency);
  const text = String(Math.abs(amount_minor)).padStart(digits + 1, '0');
  const sign = amount_minor < 0 ? '-' : '';
  return digits ? `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}` : sign + text;
}

/** Minor units of a typed amount, comma or point before the decimals; null when it is no amount. */
export function parseMoney(text: string, currency = 'AZN'): number | null {
  const match = /^([+-]?)(\d{1,15})(?:[.,](\d{0,3}))?$/.exec(text.trim());
  const digits = exponent(currency);
  if (!match || (match[3] ?? '').length > digits) return null;
  const amount = Number(match[2] + (match[3] ?? '').padEnd(digits, '0'));
  if (!Number.isSafeInteger(amount)) return null;
  return match[1] === '-' ? 0 - amount : amount;
}
