import { describe, expect, test } from 'vitest';
import { fold, isOpen, type OrderOperation } from '../../../src/core/fold.ts';
import { hlcText, parseHlc, receive, tick, ZERO } from '../../../src/core/hlc.ts';
import { derived, madeAt, newId, uuid7 } from '../../../src/core/uuid7.ts';
import { dice, digest, history } from './histories.ts';
import { vectors } from './vectors.ts';

const shuffled = (operations: OrderOperation[], roll: (sides: number) => number): OrderOperation[] => {
  const arrived = [...operations, ...Array.from({ length: roll(9) }, () => operations[roll(operations.length)])];
  for (let i = arrived.length - 1; i > 0; i--) {
    const j = roll(i + 1);
    [arrived[i], arrived[j]] = [arrived[j], arrived[i]];
  }
  return arrived;
};

describe('the fold of open orders', () => {
  const { digests, example } = vectors('fold');

  test('2,000 histories end in the states of the shared vectors', () => {
    expect(digests.map((_: string, seed: number) => digest(fold(history(seed))))).toEqual(digests);
    expect(fold(history(example.seed))).toEqual(example.state);
  });

  test('any permutation with repeats gives one state', () => {
    digests.forEach((expected: string, seed: number) => {
      expect(digest(fold(shuffled(history(seed), dice(seed + 5_000)))), `history ${seed}`).toBe(expected);
    });
  });

  test('nothing makes no order; what is said of a line before it arrives waits for it', () => {
    const head = { branch_id: 1, kind: 'hold', name: 'Kassa 1' };
    const at = (id: string, kind: string, body: object) => ({ id, kind, hlc: hlcText({ ms: Number(id), counter: 0 }), body: { head, ...body }, person_id: null });
    const pay = at('1', 'order_line_pay', { line_id: 'a', quantity_milli: 1_000, sale_id: 's' });
    const add = at('2', 'order_line_add', { line_id: 'a', quantity_milli: 2_000 });

    expect(fold([])).toBe(null);
    expect(fold([pay])!.lines).toEqual([]);
    expect(fold([pay, add])!.lines[0].left_milli).toBe(1_000);
    expect(isOpen(fold([pay, add])!)).toBe(true);
  });
});

describe('the logical clock, on the shared vectors', () => {
  const clock = vectors('hlc');

  test('ticks, follows others, and never a clock far ahead', () => {
    for (const { last, now_ms, expected } of clock.ticks) expect(hlcText(tick(parseHlc(last), now_ms))).toBe(expected);
    for (const { last, seen, now_ms, expected } of clock.received) expect(hlcText(receive(parseHlc(last), parseHlc(seen), now_ms))).toBe(expected);
    for (const text of clock.malformed) expect(() => parseHlc(text)).toThrow('not a clock reading');
    expect(hlcText(ZERO)).toBe('0'.repeat(16));
  });
});

describe('ids', () => {
  test('a fact carries its time and its version', () => {
    expect(uuid7(1, new Uint8Array(10).fill(255))).toBe('00000000-0001-7fff-bfff-ffffffffffff');
    expect(uuid7(1_795_550_220_500, new Uint8Array(10))).toBe('01a20f22-10d4-7000-8000-000000000000');
    expect(madeAt(newId(1_795_550_220_500))).toBe(1_795_550_220_500);
    expect(newId() === newId()).toBe(false);
  });

  test('what a cause brings forth has one name everywhere', async () => {
    expect(await derived('0199f0c4-7b1a-7cde-8f00-0123456789ab', 'receipt:0')).toBe('233a527d-7d33-5d29-8586-a9716424591b');
  });
});
