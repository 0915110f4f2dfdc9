/**
 * The open cart of this till: the pure cart of `core/cart.ts` with its undo, kept on disk behind the screen.
 *
 * A change is on screen at once; the write follows in a task of its own and only the newest state is written, so a scan
 * never waits for the disk. `settled()` waits for the last write; completing a sale removes the cart, so it calls `still()`.
 */
import * as core from '../core/cart.ts';
import { atomic, read, type Write } from '../data/db.ts';
import { isMine } from '../data/fence.ts';
import { busyWith, endsWith } from './update.svelte.ts';

/** The open order that was resumed, as it was then: what is missing at the end was taken out here. */
export interface Resumed {
  order_id: string;
  name: string;
  lines: { line_id: string; quantity_milli: number; note: string; discount: string }[];
}

/** A return, and who allowed it. */
export interface Returning {
  number: string;
  tender_type_ids: number[];
}

interface Kept {
  cart: core.Cart;
  resumed: Resumed | null;
  returning: Returning | null;
  approved_by: number | null;
}

const KEY = 'current';

class CartState {
  now = $state.raw<core.Cart>(core.EMPTY);
  resumed = $state.raw<Resumed | null>(null);
  returning = $state.raw<Returning | null>(null);
  /** Who allowed what the whole sale needed a right for (a return). */
  approvedBy = $state<number | null>(null);
  /** The line that was added or raised last, for the flash; `beat` tells two hits of one line apart. */
  hit = $state.raw<{ id: string | null; beat: number }>({ id: null, beat: 0 });
  private past = $state.raw<readonly core.Cart[]>([]);
  private writing: Promise<void> = Promise.resolve();
  private begun: Promise<void> = Promise.resolve();
  private queued = false;
  /** What stood on disk is in this cart: lines may be added. */
  restored = $state(false);
  private restoring: Promise<void> | null = null;
  private tenure = 0;

  get isEmpty(): boolean {
    return core.isEmpty(this.now);
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get selected(): core.CartLine | null {
    return core.lineOf(this.now, this.now.selected);
  }

  /** A change that undo takes back. Returns whether anything changed. */
  change(next: core.Cart): boolean {
    if (next === this.now) return false;
    this.past = core.remember(this.past, core.clearTenders(this.now));
    this.take(next);
    return true;
  }

  /** What is given for it. A reload asks for the money again, so this changes the screen alone: no payment waits for the disk. */
  give(next: core.Cart): void {
    this.now = next;
  }

  /** A change that is not worth undoing, such as the selection. */
  take(next: core.Cart): void {
    if (next === this.now) return;
    this.now = next;
    this.keep();
  }

  /** Adds a line; the hit flashes. Returns false when the cart is full. */
  add(line: core.CartLine): boolean {
    const changed = this.change(core.addLine(core.clearTenders(this.now), line));
    if (changed) this.hit = { id: this.now.selected, beat: this.hit.beat + 1 };
    return changed;
  }

  undo(): void {
    const before = this.past.at(-1);
    if (!before) return;
    this.past = this.past.slice(0, -1);
    this.take(before);
    if (this.isEmpty && !this.resumed) this.returning = null;
  }

  /** Fills the cart with an open order or a return; nothing before it can be undone. */
  begin(cart: core.Cart, with_: Partial<Pick<Kept, 'resumed' | 'returning' | 'approved_by'>> = {}): void {
    this.past = [];
    this.resumed = with_.resumed ?? null;
    this.returning = with_.returning ?? null;
    this.approvedBy = with_.approved_by ?? null;
    this.take(cart);
  }

  /** An empty cart on screen; the caller has recorded what became of the old one. */
  clear(): void {
    this.begin(core.EMPTY);
  }

  /** Empties the screen without a write: the completed sale's own transaction has removed the cart from disk. */
  completed(): void {
    this.queued = false;
    this.past = [];
    this.now = core.EMPTY;
    this.resumed = null;
    this.returning = null;
    this.approvedBy = null;
    busyWith('cart', false);
  }

  async settled(): Promise<void> {
    while (this.queued) await this.writing;
    await this.writing;
  }

  /** Drops a write that has not begun and waits for one that has: what follows removes the cart from disk, or keeps it anew. */
  still(): Promise<void> {
    this.queued = false;
    return this.begun;
  }

  /** Reads the cart that was open before a reload, or in the tab that sold before this one. */
  restore(): Promise<void> {
    this.restoring ??= this.readKept(this.tenure).catch((error: unknown) => {
      this.restoring = null; // The next call tries again.
      throw error;
    });
    return this.restoring;
  }

  /** Another tab sells now: what it has stands on disk, and is read again when this tab takes over. */
  forget(): void {
    this.restoring = null;
    this.restored = false;
    this.tenure += 1;
    this.completed();
  }

  private async readKept(tenure: number): Promise<void> {
    const kept = (await read((db) => db.get('cart', KEY))) as Kept | undefined;
    if (tenure !== this.tenure) return;
    this.restored = true;
    if (!kept || !this.isEmpty) return;
    this.now = core.clearTenders(kept.cart);
    this.resumed = kept.resumed;
    this.returning = kept.returning;
    this.approvedBy = kept.approved_by;
    busyWith('cart', !this.isEmpty);
  }

  private keep(): void {
    busyWith('cart', !this.isEmpty);
    if (this.queued) return;
    this.queued = true;
    this.writing = this.writing.then(later).then(() => (this.begun = this.write()));
    endsWith(this.writing);
  }

  private async write(): Promise<void> {
    if (!this.queued) return;
    this.queued = false;
    const kept: Kept = { cart: this.now, resumed: this.resumed, returning: this.returning, approved_by: this.approvedBy };
    try {
      await atomic(['meta', 'cart'], (tx) => put(tx, kept));
    } catch (error) {
      // The till goes on: the cart is on the screen, its next change is written again, and a sale is its own transaction.
      console.error(error);
    }
  }
}

async function put(tx: Write, kept: Kept): Promise<void> {
  if (!(await isMine(tx))) return; // The tab that took the register over has this cart now.
  const store = tx.objectStore('cart');
  void (core.isEmpty(kept.cart) ? store.delete(KEY) : store.put(kept, KEY));
}

const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

export const cart = new CartState();
