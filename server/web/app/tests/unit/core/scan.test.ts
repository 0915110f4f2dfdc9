import { describe, expect, test } from 'vitest';
import { readScan, type ScanLookup } from '../../../src/core/scan.ts';

const BARCODES: Record<string, { item_id: number; quantity_milli: number }> = {
  '4006381333931': { item_id: 1, quantity_milli: 1_000 },
  '4006381333948': { item_id: 1, quantity_milli: 6_000 },
  '0036000291452': { item_id: 2, quantity_milli: 1_000 },
  '7032069804988': { item_id: 3, quantity_milli: 1_000 },
  '2101234000001': { item_id: 5, quantity_milli: 1_000 },
  'SHELF-7': { item_id: 4, quantity_milli: 1_000 },
  '12345678': { item_id: 6, quantity_milli: 1_000 },
};
const lookup: ScanLookup = {
  barcode: (code) => BARCODES[code],
  plu: (plu) => (plu === 1_234 ? 9 : undefined),
  templates: ['20{item:5}{weight_g:5}{c}', '22{item:5}{price_c:5}{c}', '24{item:5}{count:5}{c}'],
};
const item = (item_id: number, barcode: string, quantity_milli: number, fields: object = {}) => ({
  kind: 'item', item_id, barcode, quantity_milli, weight_from: 'none', label_minor: null, ...fields,
});

describe('a scan', () => {
  test.each([
    ['a barcode', '4006381333931', item(1, '4006381333931', 1_000)],
    ['a pack of six', '4006381333948', item(1, '4006381333948', 6_000)],
    ['an AIM id in front', ']E04006381333931', item(1, '4006381333931', 1_000)],
    ['a UPC-A that the catalogue holds as EAN-13', '036000291452', item(2, '036000291452', 1_000)],
    ['a code of the shop', ' SHELF-7 ', item(4, 'SHELF-7', 1_000)],
    ['a code of the shop that only looks like an EAN-8', '12345678', item(6, '12345678', 1_000)],
    ['a weight label', '2001234012348', item(9, '2001234012348', 1_234, { weight_from: 'label' })],
    ['a price label', '2201234012342', item(9, '2201234012342', 0, { weight_from: 'label', label_minor: 1_234 })],
    ['a count label', '2401234000039', item(9, '2401234000039', 3_000, { weight_from: 'label' })],
    ['a GS1 code with a weight', ']C10107032069804988100329\x1d3103001750', item(3, '07032069804988', 1_750, { weight_from: 'label' })],
    ['a GS1 code with a count', ']C10107032069804988\x1d3712', item(3, '07032069804988', 12_000)],
    ['a receipt', 'AS1:0199F0C4-7B1A-7CDE-8F00-0123456789AB', { kind: 'receipt', sale_id: '0199f0c4-7b1a-7cde-8f00-0123456789ab' }],
    ['a misread label', '2001234012349', { kind: 'wrong_check_digit', code: '2001234012349' }],
    ['a misread barcode', '4006381333932', { kind: 'wrong_check_digit', code: '4006381333932' }],
    ['an unknown barcode', '96385074', { kind: 'unknown', code: '96385074' }],
    ['a label of an unknown item', '2009999012344', { kind: 'unknown', code: '2009999012344' }],
    ['text', 'hello', { kind: 'unknown', code: 'hello' }],
  ])('of %s', (_, scanned, expected) => {
    expect(readScan(scanned, lookup)).toEqual(expected);
  });

  test('of a label whose item is known by its zeroed code', () => {
    const zeroed: ScanLookup = { ...lookup, plu: () => undefined, barcode: (code) => (code === '2001234000000' ? { item_id: 5, quantity_milli: 1_000 } : undefined) };
    expect(readScan('2001234012348', zeroed)).toEqual(item(5, '2001234012348', 1_234, { weight_from: 'label' }));
  });
});
