/** Change, and the sums of cash that a customer is likely to hand over. */

/** Notes a customer pays with, smallest first, in minor units. */
export const NOTES: Record<string, readonly number[]> = {
  AZN: [100, 500, 1_000, 2_000, 5_000, 10_000, 20_000],
  TRY: [500, 1_000, 2_000, 5_000, 10_000, 20_000],
  RUB: [5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000],
  EUR: [500, 1_000, 2_000, 5_000, 10_000, 20_000],
  USD: [100, 500, 1_000, 2_000, 5_000, 10_000],
  GEL: [500, 1_000, 2_000, 5_000, 10_000, 20_000],
};

/** Notes and coins of a drawer count, largest first, in minor units. */
export const COUNTED: Record<string, readonly number[]> = {
  AZN: [20_000, 10_000, 5_000, 2_000, 1_000, 500, 100, 50, 20, 10, 5, 3, 1],
};

export interface CashPart {
  amount_minor: number;
  change_minor: number;
}

/** What of the cash given counts towards the sum due, and the change. */
export function changeOf(due_minor: number, given_minor: number): CashPart {
  const amount_minor = Math.min(given_minor, due_minor);
  return { amount_minor, change_minor: given_minor - amount_minor };
}

/** Round sums above the one due that notes make, smallest first: 24.74 → 25, 30, 40, 50. The exact sum has its own key. */
export function quickAmounts(due_minor: number, notes: readonly number[] = NOTES.AZN, limit = 4): number[] {
  if (due_minor <= 0) return [];
  const sums = notes.map((note) => due_minor + ((note - (due_minor % note)) % note)).filter((sum) => sum > due_minor);
  return [...new Set(sums)].sort((a, b) => a - b).slice(0, limit);
}

/** The cash that a count of notes and coins makes. */
export const counted = (pieces: Readonly<Record<number, number>>): number =>
  Object.entries(pieces).reduce((sum, [worth, count]) => sum + Number(worth) * count, 0);
