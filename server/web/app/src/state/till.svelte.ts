/** What the till screen shows besides the cart: the open dialog, the strip, the quantity that waits, the last sale, an approval. */
import type { Action } from '../core/keymap.ts';
import { mayTake } from '../core/permissions.ts';
import type { KeptSale } from '../data/db.ts';
import type { Item } from '../data/wire.ts';
import { can, session, type Wanted } from './session.svelte.ts';

export type Sheet =
  | 'pay' | 'hold' | 'held' | 'price_check' | 'refund' | 'weigh' | 'discount_line' | 'discount_sale' | 'price' | 'note' | 'sale_note'
  | 'quantity' | 'open_item' | 'new_item' | 'drawer' | 'help' | 'menu' | 'cancel';

/** What stands in amber (or red) above the cart until the next thing is done; it never takes the focus. */
export type Strip =
  | { kind: 'unknown'; code: string }
  | { kind: 'wrong_check_digit'; code: string }
  | { kind: 'no_price'; item: Item }
  | { kind: 'no_tax'; name: string }
  | { kind: 'full' }
  | { kind: 'not_now' }
  | { kind: 'not_selling' };

export interface Approved {
  /** Null when the person at the till may do it alone. */
  by: number | null;
}

interface ApprovalAsked {
  wanted: Wanted;
  why: string;
  answer: (approved: Approved | null) => void;
}

class Till {
  sheet = $state<Sheet | null>(null);
  strip = $state.raw<Strip | null>(null);
  /** The quantity for the next scan or item ("3 *"), in thousandths. */
  pending = $state<number | null>(null);
  query = $state('');
  category = $state<number | null>(null);
  weighing = $state.raw<Item | null>(null);
  /** The code that the new-item form begins with. */
  newCode = $state('');
  /** The sale or number that the return dialog begins with. */
  refundOf = $state('');
  /** The sale that was just completed: its receipt is on the screen until the next thing begins. */
  done = $state.raw<KeptSale | null>(null);
  approval = $state.raw<ApprovalAsked | null>(null);
  /** A sale is being written; no second one begins. */
  completing = $state(false);

  /** The open dialog that takes scans and keys for itself (price check, return, payment). */
  taker: { scan?: (code: string) => void; act?: (action: Action, tender?: number) => boolean } | null = null;

  show(sheet: Sheet): void {
    this.done = null;
    this.strip = null;
    this.sheet = sheet;
  }

  weigh(item: Item): void {
    this.weighing = item;
    this.show('weigh');
  }

  /** The pending quantity, once. */
  takePending(): number | null {
    const pending = this.pending;
    this.pending = null;
    return pending;
  }
}

export const till = new Till();

/** Whether the person may do it, else another's PIN on the spot. Null: not allowed, nothing may happen. */
export function allowed(right: string, why: string): Promise<Approved | null> {
  return can(right) ? Promise.resolve({ by: null }) : ask({ right }, why);
}

/** The same for an amount within caps. Units: minor; `bp` is the amount as a part of its base. */
export function allowedAmount(wanted: { right: string; bp: number; minor: number }, base_minor: number, why: string): Promise<Approved | null> {
  if (mayTake(session.rights, wanted.right, wanted.minor, base_minor)) return Promise.resolve({ by: null });
  return ask(wanted, why);
}

function ask(wanted: Wanted, why: string): Promise<Approved | null> {
  till.approval?.answer(null);
  return new Promise((resolve) => {
    till.approval = {
      wanted,
      why,
      answer: (approved) => {
        till.approval = null;
        resolve(approved);
      },
    };
  });
}
