/** What giving goods back pays (as `return_of` in `server/sales/pricing.py`). */
import { partOf } from './money.ts';
import type { Amounts } from './pricing.ts';

export const NOTHING: Amounts = { gross_minor: 0, discount_minor: 0, share_minor: 0, total_minor: 0, tax_minor: 0 };

export interface SoldLine {
  sold: Amounts;
  sold_milli: number;
  returned_milli: number;
  paid_back: Amounts;
}

/** round(sold × (returned + q) / sold quantity) − paid back; all positive, the last piece brings exactly the rest. */
export function returnOf(line: SoldLine, quantity_milli: number): Amounts {
  const reached = line.returned_milli + quantity_milli;
  const part = (field: keyof Amounts) => partOf(line.sold[field], reached, line.sold_milli) - line.paid_back[field];
  const total_minor = part('total_minor');
  const discount_minor = part('discount_minor');
  const share_minor = part('share_minor');
  return { gross_minor: total_minor + discount_minor + share_minor, discount_minor, share_minor, total_minor, tax_minor: part('tax_minor') };
}

/** The same amounts with every sign turned: a return line of what is paid back. */
export const mirrored = (amounts: Amounts): Amounts => ({
  gross_minor: 0 - amounts.gross_minor,
  discount_minor: 0 - amounts.discount_minor,
  share_minor: 0 - amounts.share_minor,
  total_minor: 0 - amounts.total_minor,
  tax_minor: 0 - amounts.tax_minor,
});

/** What is still left to return of a line. */
export const leftToReturn = (line: SoldLine): number => Math.max(0, line.sold_milli - line.returned_milli);

/** Add up what earlier returns of one line paid back; their amounts are negative in their documents. */
export function paidBack(lines: readonly Amounts[]): Amounts {
  const whole = { ...NOTHING };
  for (const line of lines) for (const field of Object.keys(whole) as (keyof Amounts)[]) whole[field] -= line[field];
  return whole;
}
