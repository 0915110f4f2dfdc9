import { describe, expect, test } from 'vitest';
import { mayTake, may, neededBp } from '../../../src/core/permissions.ts';
import { price, priceLine } from '../../../src/core/pricing.ts';
import { leftToReturn, mirrored, NOTHING, paidBack, returnOf } from '../../../src/core/refund.ts';
import { vectors } from './vectors.ts';

describe('pricing, on the shared vectors', () => {
  test.each((vectors('pricing') as any[]).map((one: any): [string, any] => [one.name, one]))('%s', (_, one) => {
    expect(price(one.lines, one.sale_discounts)).toEqual(one.expected);
  });

  test('a line alone shows its gross and its discounts', () => {
    for (const { lines, expected } of vectors('pricing')) {
      lines.forEach((line: any, i: number) => {
        const { gross_minor, discount_minor, discounts_minor } = expected.lines[i];
        expect(priceLine(line)).toEqual({ gross_minor, discount_minor, discounts_minor });
      });
    }
  });

  test('rounding per line adds the taxes of the lines', () => {
    const line = { quantity_milli: 1_000, unit_price_minor: 3, tax_rate_id: 1, rate_bp: 1_800 };
    expect(price([line, line, line]).tax_minor).toBe(1);
    expect(price([line, line, line], [], 'line').tax_minor).toBe(0);
  });
});

describe('returns', () => {
  test('pay back as the shared vectors say, and the last piece brings the rest', () => {
    for (const { sold, sold_milli, steps } of vectors('returns')) {
      let returned_milli = 0;
      const before: ReturnType<typeof mirrored>[] = [];
      for (const { quantity_milli, expected } of steps) {
        const back = returnOf({ sold, sold_milli, returned_milli, paid_back: paidBack(before) }, quantity_milli);
        expect(back).toEqual(expected);
        before.push(mirrored(back));
        returned_milli += quantity_milli;
      }
      expect(paidBack(before)).toEqual(sold);
      expect(leftToReturn({ sold, sold_milli, returned_milli, paid_back: NOTHING })).toBe(0);
    }
  });

  test('the mirror of nothing is nothing', () => {
    expect(mirrored(NOTHING)).toEqual(NOTHING);
  });
});

describe('rights', () => {
  const rights = [
    { right: 'sale.ring', cap_bp: null, cap_minor: null },
    { right: 'sale.discount_line', cap_bp: 500, cap_minor: 1_000 },
  ];

  test('are held or not', () => {
    expect(may(rights, 'sale.ring')).toBe(true);
    expect(may(rights, 'sale.return')).toBe(false);
  });

  test('5 % of 2.30 is 0.12 and within a cap of 5 %', () => {
    expect(neededBp(12, 230)).toBe(500);
    expect(mayTake(rights, 'sale.discount_line', 12, 230)).toBe(true);
    expect(mayTake(rights, 'sale.discount_line', 13, 230)).toBe(false);
    expect(mayTake(rights, 'sale.discount_line', -12, -230)).toBe(true);
  });

  test('a cap in money counts as well', () => {
    expect(mayTake(rights, 'sale.discount_line', 1_000, 100_000)).toBe(true);
    expect(mayTake(rights, 'sale.discount_line', 1_001, 100_000)).toBe(false);
  });

  test('nothing off needs nothing, something off a free line needs all', () => {
    expect(neededBp(0, 500)).toBe(0);
    expect(neededBp(5, 0)).toBe(10_000);
  });
});
