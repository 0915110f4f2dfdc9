/** What happens at a till besides sales, as operations: the honest history that makes theft visible. */
import type { Book } from '../data/record.ts';
import { record } from '../data/record.ts';
import { session } from './session.svelte.ts';
import { shift } from './shift.svelte.ts';

export type TillEventKind =
  | 'line_removed' | 'quantity_lowered' | 'cart_cancelled' | 'price_by_hand' | 'discount_by_hand' | 'weight_by_hand'
  | 'open_item' | 'drawer_opened' | 'reprint' | 'pin_missed' | 'order_dropped';

export type Detail = Record<string, string | number | boolean | null>;

/** Records one event; the till does not wait for it. */
export function noteEvent(kind: TillEventKind, detail: Detail, approved_by: number | null = null): void {
  void record((book) => bookEvent(book, kind, detail, approved_by));
}

/** The same inside a transaction that records something else. */
export function bookEvent(book: Book, kind: TillEventKind, detail: Detail, approved_by: number | null = null): void {
  book.operation('till_event', { kind, detail, approved_by }, { person_id: session.id, shift_id: shift.open?.id ?? null });
}
