/** Quantities: integer thousandths of a unit (pieces, kilograms, litres, metres). */
import { scaled } from './rounding.ts';

export const ONE = 1_000;

/** A plain decimal without trailing zeros: 1235 → "1.235", 2000 → "2". For screens use `format.ts`. */
export function plainQuantity(quantity_milli: number): string {
  const size = Math.abs(quantity_milli);
  const decimals = String(size % ONE).padStart(3, '0').replace(/0+$/, '');
  const whole = `${quantity_milli < 0 ? '-' : ''}${(size - (size % ONE)) / ONE}`;
  return decimals ? `${whole}.${decimals}` : whole;
}

/** Thousandths of a typed quantity, comma or point before the decimals; null when it is none. */
export function parseQuantity(text: string): number | null {
  const match = /^([+-]?)(\d{1,12})(?:[.,](\d{0,3}))?$/.exec(text.trim());
  if (!match) return null;
  const quantity = Number(match[2] + (match[3] ?? '').padEnd(3, '0'));
  return match[1] === '-' ? 0 - quantity : quantity;
}

/** The quantity that a printed price stands for, rounded to the scale's division. */
export const quantityForPrice = (price_minor: number, unit_price_minor: number, division_milli = 1): number =>
  scaled(price_minor, ONE, unit_price_minor * division_milli) * division_milli;
