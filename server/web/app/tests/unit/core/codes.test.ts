import { describe, expect, test } from 'vitest';
import { checkDigit, isValid, lookupForms, receiptCode, saleOfReceipt, splitAim, symbology, withCheckDigit } from '../../../src/core/barcode.ts';
import { countOf, gtinOf, isGs1, lotOf, readElements, weightOf } from '../../../src/core/gs1.ts';
import { priceCheckDigit, readLabel, WRONG_CHECK_DIGIT } from '../../../src/core/labels.ts';
import { vectors } from './vectors.ts';

const codes = vectors('barcode');

describe('codes, on the shared vectors', () => {
  test('check digits and kinds', () => {
    for (const { body, digit } of codes.check_digits) expect(checkDigit(body)).toBe(digit);
    for (const code of codes.valid) expect(isValid(code), code).toBe(true);
    for (const code of codes.invalid) expect(isValid(code), code).toBe(false);
    for (const { code, kind } of codes.symbology) expect(symbology(code)).toBe(kind);
  });

  test('the forms under which a catalogue may hold a code', () => {
    for (const { code, forms } of codes.lookup_forms) expect(lookupForms(code)).toEqual(forms);
    for (const { scanned, code, aim } of codes.aim) expect(splitAim(scanned)).toEqual([code, aim]);
  });

  test('the code of a receipt names its sale', () => {
    for (const { scanned, sale_id } of codes.receipts) expect(saleOfReceipt(scanned), scanned).toBe(sale_id);
    const sale = '0199f0c4-7b1a-7cde-8f00-0123456789ab';
    expect(saleOfReceipt(receiptCode(sale))).toBe(sale);
  });

  test('labels of weighed goods', () => {
    for (const { code, patterns, label } of codes.labels) expect(readLabel(code, patterns), code).toEqual(label);
    for (const { price, digit } of codes.price_digits) expect(priceCheckDigit(price)).toBe(digit);
  });

  test('a printed price is guarded by its own check digit', () => {
    const pattern = ['21{item:4}{v}{price_c:5}{c}'];
    expect(readLabel(withCheckDigit('211234614685'), pattern)).toMatchObject({ plu: 1_234, price_minor: 14_685 });
    expect(readLabel(withCheckDigit('211234714685'), pattern)).toBe(WRONG_CHECK_DIGIT);
  });

  test('GS1 element strings', () => {
    for (const { scanned, is_gs1, fields, rest, gtin, weight_milli, count, lot } of codes.gs1) {
      const elements = readElements(scanned);
      expect(isGs1(scanned), scanned).toBe(is_gs1);
      expect(elements).toEqual({ fields, rest });
      expect([gtinOf(elements), weightOf(elements), countOf(elements), lotOf(elements)]).toEqual([gtin, weight_milli, count, lot]);
    }
  });
});
