/** Value added tax inside the price, per document and tax rate; parts always add up (as `server/values/tax.py`). */
import { BASIS } from './money.ts';
import { scaled, shareOut } from './rounding.ts';

export interface Tax {
  tax_rate_id: number;
  rate_bp: number;
  base_minor: number;
  tax_minor: number;
}

/** The tax that a gross amount contains: round(gross × r / (100 + r)). */
export const taxInside = (gross_minor: number, rate_bp: number): number => scaled(gross_minor, rate_bp, BASIS + rate_bp);

/** What each line carries of its rate's document tax (largest remainder). */
export function sharesInside(amounts_minor: readonly number[], rate_bp: number): number[] {
  const sum = amounts_minor.reduce((a, b) => a + b, 0);
  return shareOut(taxInside(sum, rate_bp), rate_bp, amounts_minor, BASIS + rate_bp);
}

/** The taxes of the lines where a tenant rounds per line. */
export const perLineInside = (amounts_minor: readonly number[], rate_bp: number): number[] =>
  amounts_minor.map((amount) => taxInside(amount, rate_bp));
