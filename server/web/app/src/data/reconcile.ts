/** At the close of a shift both sides compare what they hold; the terminal sends again what the server lacks. */
import { post } from './api.ts';
import { read } from './db.ts';
import { sendAgain } from './outbox.ts';
import type { Id } from './wire.ts';

export interface ShiftSum {
  count: number;
  total_minor: number;
  xor: string;
}

/** `held` are all ids that the server has of the shift, told when the two sides differ. */
interface Answer {
  ok: boolean;
  missing: Id[];
  unknown: Id[];
  held: Id[];
}

export interface Reconciliation {
  agreed: boolean;
  sentAgain: number;
  unknown: Id[];
}

/** Count, sum and the exclusive or of the ids (32 hex digits) of a shift's sales. */
export async function sumOfShift(shiftId: Id): Promise<ShiftSum> {
  const sales = await read((db) => db.getAllFromIndex('sales', 'shift_id', shiftId));
  return {
    count: sales.length,
    total_minor: sales.reduce((sum, sale) => sum + sale.total_minor, 0),
    xor: xorOf(sales.map((sale) => sale.id)),
  };
}

export function xorOf(ids: Id[]): string {
  const mixed = ids.reduce((xor, id) => xor ^ BigInt(`0x${id.replaceAll('-', '')}`), 0n);
  return mixed.toString(16).padStart(32, '0');
}

/** Raises `NoConnection` when the server is away: then the outbox alone carries everything, later. */
export async function reconcileShift(shiftId: Id): Promise<Reconciliation> {
  const answer = await post<Answer>('/sync/reconcile', { shift_id: shiftId, ...(await sumOfShift(shiftId)) }, { asTerminal: true });
  if (answer.ok) return { agreed: true, sentAgain: 0, unknown: [] };
  const own = await idsOfShift(shiftId);
  const held = new Set(answer.held);
  const missing = own.filter((id) => !held.has(id));
  return { agreed: false, sentAgain: await sendAgain(missing), unknown: answer.held.filter((id) => !own.includes(id)) };
}

function idsOfShift(shiftId: Id): Promise<Id[]> {
  return read((db) => db.getAllKeysFromIndex('sales', 'shift_id', shiftId));
}
