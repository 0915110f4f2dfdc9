/** Receipts again: a copy is an operation of its own, numbered and marked by the server. */
import { record } from '../data/record.ts';
import { read } from '../data/db.ts';
import type { KeptSale } from '../data/db.ts';
import { t } from './i18n.svelte.ts';
import { session } from './session.svelte.ts';
import { shift } from './shift.svelte.ts';
import { allowed } from './till.svelte.ts';
import { bookEvent } from './till_events.svelte.ts';
import { jobState } from './till_jobs.svelte.ts';

/** Asks for a copy on paper. Returns 'waits' when a paper of this sale is on its way already, null when nobody allowed it. */
export async function reprint({ id, number }: { id: string; number: string }): Promise<'asked' | 'waits' | null> {
  if (await isOnItsWay(id)) return 'waits';
  const approved = await allowed('sale.reprint', t('till.why_reprint'));
  if (!approved) return null;
  await record((book) => {
    book.operation('receipt_copy', { sale_id: id, approved_by: approved.by }, { person_id: session.id, shift_id: shift.open?.id ?? null });
    bookEvent(book, 'reprint', { sale_id: id, number }, approved.by);
  });
  return 'asked';
}

/** A receipt that is sent so late is not printed by itself any more. */
const PRINTS_BY_ITSELF_MS = 600_000;

/** Whoever presses again because nothing came out yet would get every paper once the way is free. */
async function isOnItsWay(saleId: string): Promise<boolean> {
  const job = jobState(saleId, 'print');
  if (job === 'waiting' || job === 'working') return true;
  const unsent = await read((db) => db.getAllFromIndex('outbox', 'unsent'));
  return unsent.some(({ id, kind, body, logged_at }) =>
    id === saleId ? Date.now() - logged_at < PRINTS_BY_ITSELF_MS : kind === 'receipt_copy' && (body as { sale_id: string }).sale_id === saleId,
  );
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
