/** Receipts again: a copy is an operation of its own, numbered and marked by the server. */
import { record } from '../data/record.ts';
import { read } from '../data/db.ts';
import type { KeptSale } from '../data/db.ts';
import { t } from './i18n.svelte.ts';
import { session } from './session.svelte.ts';
import { shift } from './shift.svelte.ts';
import { allowed } from './till.svelte.ts';
import { bookEvent } from './till_events.svelte.ts';

/** Asks for a copy on paper. Returns false when nobody allowed it. */
export async function reprint({ id, number }: { id: string; number: string }): Promise<boolean> {
  const approved = await allowed('sale.reprint', t('till.why_reprint'));
  if (!approved) return false;
  await record((book) => {
    book.operation('receipt_copy', { sale_id: id, approved_by: approved.by }, { person_id: session.id, shift_id: shift.open?.id ?? null });
    bookEvent(book, 'reprint', { sale_id: id, number }, approved.by);
  });
  return true;
}

/** A copy that the browser prints: noted, and by right like any other. */
export async function noteCopy({ id, number }: { id: string; number: string }): Promise<boolean> {
  const approved = await allowed('sale.reprint', t('till.why_reprint'));
  if (approved) await record((book) => bookEvent(book, 'reprint', { sale_id: id, number, by: 'browser' }, approved.by));
  return approved !== null;
}

/** The sales of this device's log, newest first; with a text those whose number holds it. */
export async function localSales(most: number, text = ''): Promise<KeptSale[]> {
  return read(async (db) => {
    const found: KeptSale[] = [];
    const wanted = text.trim().toUpperCase();
    for (let at = await db.transaction('sales').store.index('rung_at').openCursor(null, 'prev'); at && found.length < most; at = await at.continue()) {
      if (!wanted || at.value.number.includes(wanted)) found.push(at.value);
    }
    return found;
  });
}
