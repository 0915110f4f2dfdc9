/**
 * QR codes for receipts on the screen (ISO/IEC 18004, byte mode, error correction M, versions 1 to 20).
 * On paper the printer draws its own; this is only for HTML and `window.print()`.
 */

const MOST_VERSION = 20;
const CORRECTION_WORDS = [0, 10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26]; // of one block, by version
const BLOCKS = [0, 1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];
const MASKS: ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** The modules of a text's QR code, row by row, true where dark; without the quiet zone of 4 modules. */
export function qrModules(text: string): boolean[][] {
  const bytes = new TextEncoder().encode(text);
  const version = versionFor(bytes.length);
  const words = interleaved(version, dataWords(version, bytes));
  const grid = new Grid(version);
  grid.placeWords(words);
  return grid.withBestMask();
}

function versionFor(bytes: number): number {
  for (let version = 1; version <= MOST_VERSION; version++) {
    if (bytes + headerBits(version) / 8 <= capacity(version)) return version;
  }
  throw new RangeError('the text is too long for a QR code');
}

/** Bits before the text: the mode and its length. */
const headerBits = (version: number): number => 4 + (version < 10 ? 8 : 16);

const rawWords = (version: number): number => {
  const aligns = alignments(version).length;
  const modules = (16 * version + 128) * version + 64 - (aligns > 0 ? (25 * aligns - 10) * aligns - 55 : 0) - (version >= 7 ? 36 : 0);
  return Math.floor(modules / 8);
};

const capacity = (version: number): number => rawWords(version) - CORRECTION_WORDS[version] * BLOCKS[version];

function alignments(version: number): number[] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const size = 17 + 4 * version;
  const step = Math.ceil((size - 13) / (count * 2 - 2)) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, index) => size - 7 - step * index).reverse()];
}

function dataWords(version: number, bytes: Uint8Array): number[] {
  const bits: number[] = [];
  const push = (value: number, length: number) => {
    for (let at = length - 1; at >= 0; at--) bits.push((value >>> at) & 1);
  };
  push(0b0100, 4);
  push(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) push(byte, 8);
  const most = capacity(version) * 8;
  push(0, Math.min(4, most - bits.length));
  push(0, (8 - (bits.length % 8)) % 8);
  for (let pad = 0xec; bits.length < most; pad ^= 0xec ^ 0x11) push(pad, 8);
  return Array.from({ length: bits.length / 8 }, (_, index) => Number.parseInt(bits.slice(index * 8, index * 8 + 8).join(''), 2));
}

function interleaved(version: number, words: number[]): number[] {
  const [count, correction, raw] = [BLOCKS[version], CORRECTION_WORDS[version], rawWords(version)];
  const shortBlocks = count - (raw % count);
  const shortLength = Math.floor(raw / count) - correction;
  const blocks: number[][] = [];
  for (let index = 0, at = 0; index < count; index++) {
    const length = shortLength + (index < shortBlocks ? 0 : 1);
    blocks.push(words.slice(at, at + length));
    at += length;
  }
  const divisor = reedSolomonDivisor(correction);
  const corrections = blocks.map((block) => reedSolomonRest(block, divisor));
  const columns = (lists: number[][]) => Array.from({ length: shortLength + correction + 1 }, (_, index) => lists.flatMap((list) => (index < list.length ? [list[index]] : []))).flat();
  return [...columns(blocks), ...columns(corrections)];
}

function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) product = ((product << 1) ^ ((product >>> 7) * 0x11d)) ^ (((b >>> bit) & 1) * a);
  return product;
}

function reedSolomonDivisor(degree: number): number[] {
  const result = [...Array<number>(degree - 1).fill(0), 1];
  for (let root = 1, index = 0; index < degree; index++, root = times(root, 2)) {
    for (let at = 0; at < degree; at++) result[at] = times(result[at], root) ^ (result[at + 1] ?? 0);
  }
  return result;
}

function reedSolomonRest(words: number[], divisor: number[]): number[] {
  const rest = divisor.map(() => 0);
  for (const word of words) {
    const factor = word ^ rest.shift()!;
    rest.push(0);
    divisor.forEach((coefficient, at) => (rest[at] ^= times(coefficient, factor)));
  }
  return rest;
}

class Grid {
  private readonly size: number;
  private readonly version: number;
  private readonly dark: boolean[][];
  private readonly fixed: boolean[][];

  constructor(version: number) {
    this.version = version;
    this.size = 17 + 4 * version;
    this.dark = Array.from({ length: this.size }, () => Array<boolean>(this.size).fill(false));
    this.fixed = Array.from({ length: this.size }, () => Array<boolean>(this.size).fill(false));
    this.drawPatterns();
  }

  /** The data goes in a zigzag of double columns from the lower right, around what is fixed. */
  placeWords(words: number[]): void {
    let at = 0;
    for (let right = this.size - 1; right >= 1; right -= 2) {
      if (right === 6) right = 5;
      const upward = ((right + 1) & 2) === 0;
      for (let step = 0; step < this.size; step++) {
        for (const x of [right, right - 1]) {
          const y = upward ? this.size - 1 - step : step;
          if (this.fixed[y][x]) continue;
          this.dark[y][x] = at < words.length * 8 && ((words[at >>> 3] >>> (7 - (at & 7))) & 1) === 1;
          at++;
        }
      }
    }
  }

  withBestMask(): boolean[][] {
    const masked = MASKS.map((_, mask) => this.masked(mask));
    const penalties = masked.map(penalty);
    return masked[penalties.indexOf(Math.min(...penalties))];
  }

  private masked(mask: number): boolean[][] {
    this.drawFormat(mask);
    return this.dark.map((row, y) => row.map((dark, x) => (this.fixed[y][x] ? dark : dark !== MASKS[mask](x, y))));
  }

  private set(x: number, y: number, dark: boolean): void {
    if (x < 0 || y < 0 || x >= this.size || y >= this.size) return;
    this.dark[y][x] = dark;
    this.fixed[y][x] = true;
  }

  private drawPatterns(): void {
    for (let at = 0; at < this.size; at++) {
      this.set(6, at, at % 2 === 0);
      this.set(at, 6, at % 2 === 0);
    }
    for (const [x, y] of [[3, 3], [this.size - 4, 3], [3, this.size - 4]]) this.square(x, y, 4, (far) => far !== 2 && far !== 4);
    const centres = alignments(this.version);
    const last = centres.length - 1;
    centres.forEach((y, row) => centres.forEach((x, column) => {
      const corner = (row === 0 && column === 0) || (row === 0 && column === last) || (row === last && column === 0);
      if (!corner) this.square(x, y, 2, (far) => far !== 1);
    }));
    this.drawFormat(0);
    this.drawVersion();
  }

  private square(x: number, y: number, reach: number, isDark: (far: number) => boolean): void {
    for (let dy = -reach; dy <= reach; dy++) for (let dx = -reach; dx <= reach; dx++) this.set(x + dx, y + dy, isDark(Math.max(Math.abs(dx), Math.abs(dy))));
  }

  private drawFormat(mask: number): void {
    let rest = mask; // Correction level M is 00.
    for (let step = 0; step < 10; step++) rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
    const bits = ((mask << 10) | rest) ^ 0x5412;
    const bit = (index: number) => ((bits >>> index) & 1) === 1;
    for (let at = 0; at <= 5; at++) this.set(8, at, bit(at));
    this.set(8, 7, bit(6));
    this.set(8, 8, bit(7));
    this.set(7, 8, bit(8));
    for (let at = 9; at < 15; at++) this.set(14 - at, 8, bit(at));
    for (let at = 0; at < 8; at++) this.set(this.size - 1 - at, 8, bit(at));
    for (let at = 8; at < 15; at++) this.set(8, this.size - 15 + at, bit(at));
    this.set(8, this.size - 8, true);
  }

  private drawVersion(): void {
    if (this.version < 7) return;
    let rest = this.version;
    for (let step = 0; step < 12; step++) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
    const bits = (this.version << 12) | rest;
    for (let at = 0; at < 18; at++) {
      const [far, near] = [this.size - 11 + (at % 3), Math.floor(at / 3)];
      this.set(far, near, ((bits >>> at) & 1) === 1);
      this.set(near, far, ((bits >>> at) & 1) === 1);
    }
  }
}

/** How hard a code is to read, by the standard's four rules. */
function penalty(grid: boolean[][]): number {
  const size = grid.length;
  const columns = grid.map((_, x) => grid.map((row) => row[x]));
  let points = 0;
  for (const line of [...grid, ...columns]) points += runs(line) + finders(line);
  for (let y = 1; y < size; y++) for (let x = 1; x < size; x++) if (grid[y][x] === grid[y - 1][x] && grid[y][x] === grid[y][x - 1] && grid[y][x] === grid[y - 1][x - 1]) points += 3;
  const dark = grid.flat().filter(Boolean).length / (size * size);
  return points + Math.floor(Math.abs(dark - 0.5) * 20) * 10;
}

function runs(line: boolean[]): number {
  let points = 0;
  for (let at = 0, from = 0; at <= line.length; at++) {
    if (at < line.length && line[at] === line[from]) continue;
    if (at - from >= 5) points += at - from - 2;
    from = at;
  }
  return points;
}

const FINDER = /(?=00001011101|10111010000)/g;

const finders = (line: boolean[]): number => [...line.map(Number).join('').matchAll(FINDER)].length * 40;
