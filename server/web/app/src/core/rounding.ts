/** The one way this product rounds: half up, away from zero, on ratios of integers (as `server/values/rounding.py`). */

/** a × b / divisor as an integer, half up. Exact also where a × b is above 2^53; the divisor is positive. */
export function scaled(a: number, b: number, divisor: number): number {
  const product = a * b;
  if (!Number.isSafeInteger(product) || !Number.isSafeInteger(2 * Math.abs(product) + divisor)) return scaledBig(a, b, divisor);
  const twice = 2 * Math.abs(product) + divisor;
  const size = (twice - (twice % (2 * divisor))) / (2 * divisor);
  return product < 0 ? 0 - size : size;
}

function scaledBig(a: number, b: number, divisor: number): number {
  const product = BigInt(a) * BigInt(b);
  const twice = 2n * (product < 0n ? -product : product) + BigInt(divisor);
  const size = Number(twice / (2n * BigInt(divisor)));
  return product < 0n ? 0 - size : size;
}

/**
 * Integers that add up to `whole` and lie next to the exact parts factor × weights[i] / divisor: largest remainder,
 * equal remainders in the given order. A negated question gives the negated answer.
 */
export function shareOut(whole: number, factor: number, weights: readonly number[], divisor: number): number[] {
  const sum = factor * weights.reduce((a, b) => a + b, 0);
  if (whole < 0 || (whole === 0 && sum < 0)) return shareOut(-whole, -factor, weights, divisor).map((part) => 0 - part);
  const exact = weights.map((weight) => divide(factor, weight, divisor));
  const parts = exact.map(([part]) => part);
  const missing = whole - parts.reduce((a, b) => a + b, 0);
  if (missing < 0 || missing > exact.filter(([, rest]) => rest).length) throw new RangeError('the whole is not the rounded sum of its exact parts');
  const order = exact.map((_, index) => index).sort((a, b) => exact[b][1] - exact[a][1] || a - b);
  for (const index of order.slice(0, missing)) parts[index] += 1;
  return parts;
}

/** Quotient rounded down, and what remains (never negative). */
function divide(a: number, b: number, divisor: number): [number, number] {
  const product = a * b;
  if (Number.isSafeInteger(product)) {
    const rest = ((product % divisor) + divisor) % divisor;
    return [(product - rest) / divisor + 0, rest];
  }
  const big = BigInt(divisor);
  const rest = (((BigInt(a) * BigInt(b)) % big) + big) % big;
  return [Number((BigInt(a) * BigInt(b) - rest) / big), Number(rest)];
}
