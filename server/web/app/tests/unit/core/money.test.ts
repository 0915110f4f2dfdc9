import { describe, expect, test } from 'vitest';
import { allocate, lineAmount, parseMoney, percentOf, plain } from '../../../src/core/money.ts';
import { parseQuantity, plainQuantity, quantityForPrice } from '../../../src/core/qty.ts';
import { scaled, shareOut } from '../../../src/core/rounding.ts';
import { perLineInside, sharesInside, taxInside } from '../../../src/core/tax.ts';
import { vectors } from './vectors.ts';

describe('money, on the shared vectors', () => {
  const money = vectors('money');

  test('products round half up, away from zero, also beyond 2^53', () => {
    for (const { a, b, divisor, expected } of money.scaled) expect(scaled(a, b, divisor), `${a} × ${b} / ${divisor}`).toBe(expected);
  });

  test('line amounts and percentages', () => {
    for (const { quantity_milli, unit_price_minor, expected } of money.line_amount) expect(lineAmount(quantity_milli, unit_price_minor)).toBe(expected);
    for (const { amount_minor, rate_bp, expected } of money.percent_of) expect(percentOf(amount_minor, rate_bp)).toBe(expected);
  });

  test('plain amounts are written and read', () => {
    for (const { amount_minor, currency, expected } of money.plain) expect(plain(amount_minor, currency)).toBe(expected);
    for (const { text, expected } of money.parse) expect(parseMoney(text), text).toBe(expected);
  });

  test('amounts are allocated by largest remainder', () => {
    for (const { amount_minor, weights, expected } of vectors('allocate')) expect(allocate(amount_minor, weights)).toEqual(expected);
  });

  test('tax inside and its shares', () => {
    for (const { amounts_minor, rate_bp, tax_minor, shares_minor, per_line_minor } of vectors('tax').inside) {
      expect(taxInside(amounts_minor.reduce((a: number, b: number) => a + b, 0), rate_bp)).toBe(tax_minor);
      expect(sharesInside(amounts_minor, rate_bp)).toEqual(shares_minor);
      expect(perLineInside(amounts_minor, rate_bp)).toEqual(per_line_minor);
    }
  });
});

describe('money, beside the vectors', () => {
  test('allocation refuses what it cannot share', () => {
    expect(() => allocate(1, [1, -1])).toThrow('negative');
    expect(() => allocate(1, [0, 0])).toThrow('nothing');
    expect(() => shareOut(5, 1, [1, 1], 2)).toThrow('rounded sum');
  });

  test('an amount too large to count is no amount', () => {
    expect(parseMoney('999999999999999')).toBe(null);
  });

  test('quantities are written and read', () => {
    for (const [milli, text] of [[1_235, '1.235'], [2_000, '2'], [-500, '-0.5'], [0, '0'], [10_010, '10.01']] as const) {
      expect(plainQuantity(milli)).toBe(text);
      expect(parseQuantity(text)).toBe(milli);
    }
    for (const text of ['', '1.2345', 'kg', '1 000']) expect(parseQuantity(text)).toBe(null);
    expect(parseQuantity('1,5')).toBe(1_500);
  });

  test('a printed price becomes a quantity in steps of the scale', () => {
    expect(quantityForPrice(1_234, 999)).toBe(1_235);
    expect(quantityForPrice(1_234, 999, 10)).toBe(1_240);
  });
});
