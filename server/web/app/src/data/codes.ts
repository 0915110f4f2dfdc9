/**
 * Where each barcode stands among a hundred thousand: a flat table, made in a few milliseconds at each start, where a Map
 * would take fifty. Codes of figures are numbers with a 1 before them, so that leading zeros count; others stand in a Map.
 */
const FIGURES = /^\d{1,14}$/;
const TWO_32 = 2 ** 32;
const GOLDEN = 0x9e3779b1;

/** A code as a number, or 0 when it is none. */
export const codeNumber = (code: string): number => (FIGURES.test(code) ? Number(`1${code}`) : 0);

export class Codes {
  readonly #codes: ArrayLike<number>;
  readonly #others = new Map<string, number>();
  readonly #slots: Int32Array;
  readonly #shift: number;

  /** `codes[i]` as `codeNumber` made it; `others` are the texts of those that are 0, with their places. */
  constructor(codes: ArrayLike<number>, others: readonly (readonly [string, number])[]) {
    this.#codes = codes;
    for (const [code, at] of others) this.#others.set(code, at);
    const bits = Math.max(4, Math.ceil(Math.log2(codes.length + 1)) + 1); // At most half of the slots are taken.
    this.#shift = 32 - bits;
    this.#slots = new Int32Array(2 ** bits);
    for (let at = 0; at < codes.length; at++) if (codes[at] > 0) this.#slots[this.#slot(codes[at])] = at + 1;
  }

  /** The place of a code, or −1. */
  find(code: string): number {
    const number = codeNumber(code);
    return number ? this.#slots[this.#slot(number)] - 1 : (this.#others.get(code) ?? -1);
  }

  /** The slot that holds a code, or the free one where it would stand. */
  #slot(code: number): number {
    const high = Math.floor(code / TWO_32);
    let slot = Math.imul((code - high * TWO_32) ^ high, GOLDEN) >>> this.#shift;
    for (let held = this.#slots[slot]; held && this.#codes[held - 1] !== code; held = this.#slots[slot]) slot = (slot + 1) & (this.#slots.length - 1);
    return slot;
  }
}
