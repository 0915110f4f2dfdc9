/** What a sale comes to: discounts, shares, taxes, totals. The same function as `server/sales/pricing.py`, on the same vectors. */
import { allocate, lineAmount, percentOf } from './money.ts';
import { perLineInside, sharesInside, type Tax } from './tax.ts';

/** A percentage (value in basis points) or an amount (value in minor units), never negative. */
export interface Discount {
  kind: 'percent' | 'amount';
  value: number;
}

/** What a line was sold for; gross = total + discount + share. */
export interface Amounts {
  gross_minor: number;
  discount_minor: number;
  share_minor: number;
  total_minor: number;
  tax_minor: number;
}

/** One line to price. `returned` holds the signed amounts of a line that comes back; they are not computed again. */
export interface PricingLine {
  quantity_milli: number;
  unit_price_minor: number;
  tax_rate_id: number;
  rate_bp: number;
  discounts?: readonly Discount[];
  label_minor?: number | null;
  returned?: Amounts | null;
}

export interface PricedLine extends Amounts {
  discounts_minor: number[];
}

/** total = Σ line totals = Σ base + Σ tax = gross − discount. */
export interface Priced {
  lines: PricedLine[];
  sale_discounts_minor: number[];
  gross_minor: number;
  discount_minor: number;
  tax_minor: number;
  total_minor: number;
  taxes: Tax[];
}

type TaxRounding = 'document' | 'line';

/** Price a whole sale. Each discount is taken from what the ones before it left, and never more than that. */
export function price(lines: readonly PricingLine[], saleDiscounts: readonly Discount[] = [], rounding: TaxRounding = 'document'): Priced {
  const gross = lines.map(grossOf);
  const discounts = lines.map((line, i) => taken(line.discounts ?? [], gross[i]));
  const lineDiscounts = lines.map((line, i) => line.returned?.discount_minor ?? sum(discounts[i]));
  const sale = shares(lines, saleDiscounts, gross, lineDiscounts);
  const totals = gross.map((amount, i) => amount - lineDiscounts[i] - sale.shares[i]);
  const taxes = lineTaxes(lines, totals, rounding);
  return {
    lines: lines.map((_, i) => ({
      gross_minor: gross[i],
      discounts_minor: discounts[i],
      discount_minor: lineDiscounts[i],
      share_minor: sale.shares[i],
      total_minor: totals[i],
      tax_minor: taxes[i],
    })),
    sale_discounts_minor: sale.taken,
    gross_minor: sum(gross),
    discount_minor: sum(lineDiscounts) + sum(sale.shares),
    tax_minor: sum(taxes),
    total_minor: sum(totals),
    taxes: taxRows(lines, totals, taxes),
  };
}

/** Gross amount and discounts of a single line, before the sale's discounts: what the cart shows beside it. */
export function priceLine(line: PricingLine): { gross_minor: number; discounts_minor: number[]; discount_minor: number } {
  const gross_minor = grossOf(line);
  const discounts_minor = taken(line.discounts ?? [], gross_minor);
  return { gross_minor, discounts_minor, discount_minor: line.returned?.discount_minor ?? sum(discounts_minor) };
}

/** The amounts of discounts in their order, with the sign of what they are taken from. */
export function taken(discounts: readonly Discount[], amount: number): number[] {
  const sign = amount < 0 ? -1 : 1;
  let left = Math.abs(amount);
  return discounts.map((discount) => {
    const wanted = discount.kind === 'percent' ? percentOf(left, discount.value) : discount.value;
    const part = Math.min(wanted, left);
    left -= part;
    return part && sign * part;
  });
}

function grossOf(line: PricingLine): number {
  if (line.returned) return line.returned.gross_minor;
  return line.label_minor ?? lineAmount(line.quantity_milli, line.unit_price_minor);
}

/** The sale's discounts are taken from what is sold; only where nothing is sold from what comes back. */
function shares(lines: readonly PricingLine[], discounts: readonly Discount[], gross: number[], lineDiscounts: number[]) {
  const left = lines.map((line, i) => (line.returned ? 0 : gross[i] - lineDiscounts[i]));
  const sign = left.some((amount) => amount > 0) ? 1 : -1;
  const weights = left.map((amount) => Math.max(0, sign * amount));
  const amounts = taken(discounts, sign * sum(weights));
  const own = allocate(sum(amounts), weights);
  return { taken: amounts, shares: lines.map((line, i) => line.returned?.share_minor ?? own[i]) };
}

/** Each line's part of its rate's tax; a line that comes back brings the tax of the return arithmetic. */
function lineTaxes(lines: readonly PricingLine[], totals: number[], rounding: TaxRounding): number[] {
  const taxes = lines.map((line) => line.returned?.tax_minor ?? 0);
  const spread = rounding === 'document' ? sharesInside : perLineInside;
  for (const [rate_id, rate_bp] of ratesOf(lines)) {
    const own = lines.flatMap((line, i) => (line.tax_rate_id === rate_id && !line.returned ? [i] : []));
    spread(own.map((i) => totals[i]), rate_bp).forEach((tax, at) => (taxes[own[at]] = tax));
  }
  return taxes;
}

function taxRows(lines: readonly PricingLine[], totals: number[], taxes: number[]): Tax[] {
  return [...ratesOf(lines)]
    .sort(([a], [b]) => a - b)
    .map(([tax_rate_id, rate_bp]) => {
      const own = lines.flatMap((line, i) => (line.tax_rate_id === tax_rate_id ? [i] : []));
      const tax_minor = sum(own.map((i) => taxes[i]));
      return { tax_rate_id, rate_bp, base_minor: sum(own.map((i) => totals[i])) - tax_minor, tax_minor };
    });
}

const ratesOf = (lines: readonly PricingLine[]): Map<number, number> => new Map(lines.map((line) => [line.tax_rate_id, line.rate_bp]));

const sum = (amounts: readonly number[]): number => amounts.reduce((a, b) => a + b, 0);
