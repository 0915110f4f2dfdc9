import { describe, expect, test } from 'vitest';
import { receiptBlocks } from '../../../src/core/receipt.ts';
import { slipBlocks, zBlocks } from '../../../src/core/zpaper.ts';
import { paperWords, vectors } from './vectors.ts';

const { reports, slips } = vectors('zpaper');

describe('paper, on the shared vectors', () => {
  test.each((vectors('receipts') as any[]).map((one: any): [string, any] => [`${one.name} ${one.language}`, one]))('receipt: %s', (_, one) => {
    expect(receiptBlocks(one.sale, one.language, paperWords(one.language), one.copy)).toEqual(one.blocks);
  });

  test.each((reports as any[]).map((one: any): [string, any] => [`${one.name} ${one.language}`, one]))('report: %s', (_, one) => {
    expect(zBlocks(one.report, one.language, paperWords(one.language))).toEqual(one.blocks);
  });

  test.each((slips as any[]).map((one: any): [string, any] => [`${one.move.direction} ${one.language}`, one]))('slip: %s', (_, one) => {
    expect(slipBlocks(one.move, one.language, paperWords(one.language))).toEqual(one.blocks);
  });
});
