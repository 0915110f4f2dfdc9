/**
 * The shift of this register: open, cash in and out, drawer, close. Every act is one strict transaction that writes the
 * local shift and its operation; numbers come from the lease, so all of it works without the network.
 */
import { businessDay } from '../core/clock.ts';
import { newId } from '../core/uuid7.ts';
import { read } from '../data/db.ts';
import { type Book, record } from '../data/record.ts';
import { session } from './session.svelte.ts';
import { shop } from './shop.svelte.ts';
import { sumsOf } from './shift_sums.ts';
import { terminal } from './terminal.svelte.ts';

export interface ShiftMove {
  id: string;
  direction: 'in' | 'out';
  amount_minor: number;
  holder_name: string;
  reason: string;
  by: number | null;
  moved_at: number;
}

export interface ShiftClose {
  /** The id of the close, which is the Z report's on the server. */
  z_id: string;
  z_number: string;
  closed_at: number;
  closed_by: number | null;
  counted_minor: number;
  expected_minor: number;
  reason: string;
}

export interface KeptShift {
  id: string;
  register_id: number;
  lease_id: string;
  /** As it is printed, and its counter in the lease. */
  number: string;
  counter: number;
  opened_at: number;
  opened_by: number | null;
  business_day: string;
  float_minor: number;
  moves: ShiftMove[];
  close: ShiftClose | null;
  [field: string]: unknown;
}

const ASKS_TO_CLOSE_MS = 24 * 3_600_000;
const CLOCK_MS = 60_000;

class ShiftState {
  open = $state.raw<KeptShift | null>(null);
  /** The local shifts were read. */
  ready = $state(false);
  private now = $state(Date.now());

  constructor() {
    if (typeof window !== 'undefined') setInterval(() => (this.now = Date.now()), CLOCK_MS);
  }

  /** It should have been closed by now; it still sells. */
  get isOld(): boolean {
    return this.open !== null && this.now - this.open.opened_at > ASKS_TO_CLOSE_MS;
  }

  /** Finds the shift that is open at this register. */
  async load(): Promise<void> {
    const shifts = (await read((db) => db.getAll('shifts'))) as KeptShift[];
    const own = shifts.filter((row) => !row.close && row.register_id === terminal.registerId);
    this.open = own.sort((a, b) => b.opened_at - a.opened_at)[0] ?? null;
    this.ready = true;
  }
}

export const shift = new ShiftState();

/** Opens a shift with a float; it needs a register held by this tab. */
export async function openShift(float_minor: number, approved_by: number | null): Promise<KeptShift> {
  const opened_at = Date.now();
  const kept = await record((book) => {
    const row = newShift(book, opened_at, float_minor);
    const { id, register_id, lease_id, counter: number, business_day } = row;
    book.operation('shift_open', { register_id, lease_id, series: book.lease.series, number, business_day, float_minor, approved_by }, who(id, opened_at, id));
    book.put('shifts', row);
    return row;
  });
  shift.open = kept;
  return kept;
}

export interface CashOrder {
  direction: 'in' | 'out';
  amount_minor: number;
  /** Where the cash comes from or goes to, and this register's drawer. */
  other: { id: number; name: string };
  drawer_id: number;
  reason: string;
  approved_by: number | null;
}

/** Cash into the drawer or out of it. */
export async function moveCash(order: CashOrder): Promise<ShiftMove> {
  const { direction, amount_minor, other, drawer_id, reason, approved_by } = order;
  const from_holder_id = direction === 'in' ? other.id : drawer_id;
  const to_holder_id = direction === 'in' ? drawer_id : other.id;
  const open = mustBeOpen();
  const move: ShiftMove = { id: newId(), direction, amount_minor, holder_name: other.name, reason, by: session.id, moved_at: Date.now() };
  const kept = { ...open, moves: [...open.moves, move] };
  await record((book) => {
    book.operation('cash_move', { from_holder_id, to_holder_id, amount_minor, reason, approved_by }, who(open.id, move.moved_at, move.id));
    book.put('shifts', kept);
  });
  shift.open = kept;
  return move;
}

/** Asks the drawer to open, with a reason. Returns the operation's id: device news names it as the cause. */
export async function openDrawer(reason: string, approved_by: number | null): Promise<string> {
  const open = mustBeOpen();
  const id = newId();
  await record((book) => {
    book.operation('drawer_open', { reason, approved_by }, who(open.id, Date.now(), id));
    book.operation('till_event', { kind: 'drawer_opened', detail: { reason }, approved_by }, who(open.id, Date.now()));
  });
  return id;
}

/** Closes the shift by its count. The Z number is taken in the same transaction. */
export async function closeShift(counted_minor: number, reason: string, approved_by: number | null): Promise<KeptShift> {
  const open = mustBeOpen();
  const sums = await sumsOf(open);
  const closed_at = Date.now();
  const closed = await record((book) => {
    const z = book.number('z');
    const z_id = newId(closed_at);
    const close: ShiftClose = { z_id, z_number: z.number, closed_at, closed_by: session.id, counted_minor, expected_minor: sums.expected_minor, reason };
    const body = { z_number: z.counter, counted_minor, reason, count: sums.count, total_minor: sums.total_minor, late: [], approved_by };
    book.operation('shift_close', body, who(open.id, closed_at, z_id));
    book.put('shifts', { ...open, close });
    return { ...open, close };
  });
  shift.open = null;
  return closed;
}

/** The last closed shifts of this register, newest first. */
export async function closedShifts(most = 30): Promise<KeptShift[]> {
  const shifts = (await read((db) => db.getAll('shifts'))) as KeptShift[];
  const own = shifts.filter((row) => row.close && row.register_id === terminal.registerId);
  return own.sort((a, b) => b.opened_at - a.opened_at).slice(0, most);
}

function newShift(book: Book, opened_at: number, float_minor: number): KeptShift {
  const { number, counter } = book.number('shift');
  const { timezone, cut_off_min } = shop.branch!;
  return {
    id: newId(opened_at),
    register_id: terminal.registerId!,
    lease_id: book.lease.id,
    number,
    counter,
    opened_at,
    opened_by: session.id,
    business_day: businessDay(opened_at, timezone, cut_off_min),
    float_minor,
    moves: [],
    close: null,
  };
}

function mustBeOpen(): KeptShift {
  if (!shift.open) throw new Error('no shift is open');
  return shift.open;
}

const who = (shift_id: string, happened_at: number, id?: string) => ({ id, shift_id, happened_at, person_id: session.id });
