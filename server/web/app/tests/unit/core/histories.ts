/** Random histories of one open order at three terminals, from a seed: the same program as `tests/vectors/histories.py`. */
import { createHash } from 'node:crypto';
import type { Order, OrderOperation } from '../../../src/core/fold.ts';
import { hlcText, parseHlc, receive, tick, ZERO, type Hlc } from '../../../src/core/hlc.ts';

const OFFSETS_MS = [0, -40_000, 0];
const BEGIN_MS = 1_700_000_000_000;
const NOTES = ['', 'az duzlu', 'без лука', 'acı'];

interface Terminal {
  number: number;
  clock: Hlc;
  known: Map<string, OrderOperation>;
}

type Dice = (sides: number) => number;

/** A linear congruential generator: the same figures in every language. */
export function dice(seed: number): Dice {
  let state = (seed * 7_919 + 1) >>> 0;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % sides;
  };
}

/** All operations of one history, in the order in which they were made. */
export function history(seed: number): OrderOperation[] {
  const roll = dice(seed);
  const made: OrderOperation[] = [];
  const terminals = [0, 1, 2].map((number): Terminal => ({ number, clock: ZERO, known: new Map() }));
  let now = BEGIN_MS;
  for (let left = 12 + roll(30); left > 0; left--) {
    now += roll(4) * 500;
    const terminal = terminals[roll(3)];
    if (roll(6) === 0) {
      sync(terminal, terminals[roll(3)], now + OFFSETS_MS[terminal.number]);
      continue;
    }
    terminal.clock = tick(terminal.clock, now + OFFSETS_MS[terminal.number]);
    const [kind, deedBody] = deed(roll, terminal, made.length);
    const id = `${hex(roll(1 << 20), 5)}-${hex(made.length, 3)}`;
    const body = { head: { branch_id: 1, kind: 'hold', name: `Kassa ${terminal.number}` }, ...deedBody };
    const operation = { id, kind, hlc: hlcText(terminal.clock), body, person_id: terminal.number + 1 };
    terminal.known.set(id, operation);
    made.push(operation);
  }
  return made;
}

/** A short fingerprint of a state. */
export const digest = (order: Order | null): string => createHash('sha256').update(canonical(order)).digest('hex').slice(0, 12);

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`;
}

const hex = (value: number, width: number): string => value.toString(16).padStart(width, '0');

function sync(terminal: Terminal, other: Terminal, now: number): void {
  for (const [id, operation] of [...other.known]) {
    if (terminal.known.has(id)) continue;
    terminal.known.set(id, operation);
    terminal.clock = receive(terminal.clock, parseHlc(operation.hlc), now);
  }
}

function deed(roll: Dice, terminal: Terminal, number: number): [string, Record<string, unknown>] {
  const lines = [...terminal.known.values()].filter(({ kind }) => kind === 'order_line_add').map(({ body }) => body.line_id as string);
  const choice = roll(12);
  if (choice < 5 || !lines.length) {
    const item_id = 1 + roll(40);
    const quantity_milli = (1 + roll(5)) * 1_000;
    return ['order_line_add', { line_id: `line-${number}`, item_id, quantity_milli, note: NOTES[roll(4)] }];
  }
  const line_id = lines[roll(lines.length)];
  if (choice === 5) return ['order_line_void', { line_id, quantity_milli: (1 + roll(3)) * 1_000, reason: 'səhv' }];
  if (choice < 8) return ['order_line_set', setting(roll, line_id)];
  if (choice < 10) return ['order_line_pay', { line_id, quantity_milli: (1 + roll(3)) * 1_000, sale_id: `sale-${number}` }];
  if (choice === 10) return ['order_rename', { name: `Masa ${roll(9)}` }];
  return roll(3) === 0 ? ['order_drop', { reason: 'getdi' }] : ['order_rename', { name: 'Əli' }];
}

function setting(roll: Dice, line_id: string): Record<string, unknown> {
  const about = roll(4) === 0 ? null : line_id;
  if (roll(2) === 0) return { line_id: about, note: NOTES[roll(4)] };
  return { line_id: about, discount: { kind: 'percent', value: roll(20) * 100 } };
}
