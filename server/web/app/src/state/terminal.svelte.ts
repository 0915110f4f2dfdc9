/**
 * This browser as a terminal: paired or not, which register it holds, and whether this tab is the one that may sell.
 * `startTerminal()` is called once by `main.ts`; screens read `terminal` and call `takeRegister`.
 */
import { post } from '../data/api.ts';
import { atomic, read } from '../data/db.ts';
import { pairedTerminal, type Terminal } from '../data/device.ts';
import { claimRegister } from '../data/fence.ts';
import { type Hold, holdRegister, type RegisterHold } from '../data/locks.ts';
import { replica } from '../data/replica.ts';
import { bootstrap } from '../data/sync.ts';
import type { Lease, Register } from '../data/wire.ts';
import { startNet } from './net.svelte.ts';
import { watchRoom } from './room.svelte.ts';
import { shop } from './shop.svelte.ts';

class TerminalState {
  paired = $state.raw<Terminal | null>(null);
  /** Pairing, catalogue and register were read from disk. */
  ready = $state(false);
  /** The catalogue is on this device. */
  filled = $state(false);
  registerId = $state<number | null>(null);
  lease = $state.raw<Lease | null>(null);
  /** Whether this tab may sell on the register; 'elsewhere' means that another tab does. */
  hold = $state<Hold>('asked');

  get register(): Register | null {
    return shop.registers.find((row) => row.id === this.registerId) ?? null;
  }

  /** Another terminal took the register over: what this one still sells would be flagged. */
  get leaseOver(): boolean {
    return this.lease !== null && (this.register?.lease_epoch ?? 0) > this.lease.epoch;
  }

  /** This tab may sell: a register is leased to this terminal and no other tab sells on it. */
  get maySell(): boolean {
    return this.lease !== null && this.hold === 'held';
  }
}

export const terminal = new TerminalState();

let lock: RegisterHold | null = null;
let stopNet: (() => void) | null = null;
let stopRoom: (() => void) | null = null;

/** Reads what the device holds and, when it is paired, starts sending and listening. */
export async function startTerminal(): Promise<void> {
  terminal.paired = await pairedTerminal();
  if (terminal.paired) await wakeUp(terminal.paired);
  terminal.ready = true;
}

/** After pairing: fills the device and starts. When the filling fails it is tried again behind the screen. Raises: NoConnection, Problem. */
export async function startPaired(paired: Terminal): Promise<void> {
  try {
    await bootstrap();
  } finally {
    terminal.paired = paired;
    await wakeUp(paired);
  }
}

/** Takes the lease of a register for this terminal, online. `takeOver` ends another terminal's lease (device.manage). */
export async function takeRegister(registerId: number, takeOver = false): Promise<void> {
  const body = takeOver ? { register_id: registerId, take_over: true } : { register_id: registerId };
  const { lease } = await post<{ lease: Lease }>('/cash/leases', body);
  await atomic(['meta'], async (tx) => {
    const held = (await tx.objectStore('meta').get('lease')) as Lease | undefined;
    // The device's own counters are ahead of the server's while sales wait in the outbox.
    const next = held?.id === lease.id ? furthest(held.next, lease.next) : lease.next;
    await tx.objectStore('meta').put({ ...lease, next }, 'lease');
    await tx.objectStore('meta').put(registerId, 'register');
  });
  terminal.lease = lease;
  terminal.registerId = registerId;
  holdHere();
}

/** Takes the register's lock from the other tab of this browser; that one turns read-only. */
export function takeOverTab(): void {
  holdHere(true);
}

async function wakeUp(paired: Terminal): Promise<void> {
  terminal.filled = await replica.load();
  shop.loaded();
  const [lease, registerId] = await read((db) => Promise.all([db.get('meta', 'lease'), db.get('meta', 'register')]));
  terminal.lease = (lease as Lease | undefined) ?? null;
  terminal.registerId = (registerId as number | undefined) ?? null;
  if (terminal.registerId !== null) holdHere();
  stopNet?.();
  stopNet = startNet(paired.id);
  if (!terminal.filled) void fillLater();
  stopRoom ??= watchRoom();
}

/** The catalogue did not arrive at pairing (the network went): try until it does. */
async function fillLater(): Promise<void> {
  const PAUSE_MS = 3_000;
  while (!terminal.filled) {
    try {
      await bootstrap();
      terminal.filled = true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

function holdHere(takeOver = false): void {
  if (terminal.registerId === null) return;
  lock?.release();
  terminal.hold = 'asked';
  let latest: Hold = 'asked';
  lock = holdRegister(terminal.registerId, (hold) => void turn((latest = hold)), takeOver);

  /** The lock came or went. It counts once the other tab can no longer finish what it had begun. */
  async function turn(hold: Hold): Promise<void> {
    if (hold === 'held') await claimRegister();
    if (hold === latest) terminal.hold = hold;
  }
}

function furthest(own: Lease['next'], server: Lease['next']): Lease['next'] {
  return { sale: Math.max(own.sale, server.sale), shift: Math.max(own.shift, server.shift), z: Math.max(own.z, server.z) };
}
