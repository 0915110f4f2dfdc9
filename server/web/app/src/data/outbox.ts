/**
 * The outbox: operations of the log that still wait for the server's verdict. `sender.ts` brings them there.
 *
 * - An operation leaves the outbox only on its own verdict: `accepted` or `duplicate`. `rejected` and `conflict` go to
 *   the list that a person must look at; `failed` stays, with a growing pause; a lost reply changes nothing.
 * - What was sent stays in the log for 35 days, so that a server restored from a backup can be told again.
 */
import type { Operation, PushAnswer, PushResult } from './wire.ts';
import { atomic, type LoggedOperation, read, type Write } from './db.ts';
import { BOOT } from './fence.ts';

export const BATCH_OPERATIONS = 100;
export const BATCH_BYTES = 512_000 - 4_096; // The envelope of a batch has its own bytes.
const FAILED_FIRST_MS = 2_000;
const FAILED_MOST_MS = 10 * 60_000;
const SHOWN_AFTER_TRIES = 3;
const KEPT_MS = 35 * 24 * 3_600_000;
/** Older is all the same: no paper is printed and no drawer opens. The server takes no age of more than three years. */
const AGE_MOST_MS = KEPT_MS;
/** Counts bytes in this thread; a Blob's size would be asked of another process for each operation. */
const utf8 = new TextEncoder();

/** Where the server stood at the last answer. */
interface Known {
  generation: number;
  next_seq: number;
}

export interface OutboxCount {
  unsent: number;
  attention: number;
}

export function countOutbox(): Promise<OutboxCount> {
  return read(async (db) => {
    const [unsent, attention] = await Promise.all([db.countFromIndex('outbox', 'unsent'), db.countFromIndex('outbox', 'attention')]);
    return { unsent, attention };
  });
}

/** Operations that a person must look at: refused ones, and those that the server failed at three times. */
export function needsAttention(): Promise<LoggedOperation[]> {
  return read((db) => db.getAllFromIndex('outbox', 'attention'));
}

/** Takes an operation off the attention list, because a person dealt with it. The log keeps it. */
export async function settleAttention(seq: number): Promise<void> {
  await atomic(['outbox'], async (tx) => {
    const operation = await tx.objectStore('outbox').get(seq);
    if (operation) await tx.objectStore('outbox').put(without(operation, 'attention'));
  });
}

/** Puts operations of the log back into the outbox (the server named them as missing). Returns how many were found. */
export async function sendAgain(ids: string[]): Promise<number> {
  return atomic(['outbox'], async (tx) => {
    const found = await Promise.all(ids.map((id) => tx.objectStore('outbox').index('id').get(id)));
    const known = found.filter((operation) => operation !== undefined);
    for (const operation of known) void tx.objectStore('outbox').put({ ...operation, unsent: 1, not_before: 0 });
    return known.length;
  });
}

/** Drops operations older than 35 days that the server has, and their sales. `now` is the server's time: a device's own may be wrong. */
export async function pruneLog(now: number): Promise<void> {
  await atomic(['outbox', 'sales'], async (tx) => {
    const old = IDBKeyRange.upperBound(now - KEPT_MS);
    const outbox = tx.objectStore('outbox');
    for (let at = await outbox.index('logged_at').openCursor(old); at; at = await at.continue()) {
      if (!at.value.unsent && !at.value.attention) await at.delete();
    }
    for (let at = await tx.objectStore('sales').index('rung_at').openCursor(old); at; at = await at.continue()) {
      if ((await outbox.index('id').getKey(at.primaryKey)) === undefined) await at.delete();
    }
  });
}

/** The oldest operations that may be sent now, within the limits of one push. */
export async function nextBatch(now: number, most: number): Promise<LoggedOperation[]> {
  return read(async (db) => {
    const batch: LoggedOperation[] = [];
    let bytes = 0;
    const tx = db.transaction('outbox');
    for (let at = await tx.store.index('unsent').openCursor(); at && batch.length < most; at = await at.continue()) {
      if (isHeldBack(at.value, now)) continue;
      bytes += utf8.encode(JSON.stringify(at.value.body)).length + 400;
      if (batch.length > 0 && bytes > BATCH_BYTES) break;
      batch.push(at.value);
    }
    return batch;
  });
}

/** It failed and waits. No pause is longer than the longest: a later end was written under a clock that has been set back. */
function isHeldBack({ not_before }: LoggedOperation, now: number): boolean {
  return not_before > now && not_before <= now + FAILED_MOST_MS;
}

export function asPushed(operation: LoggedOperation): Operation {
  const { id, seq, kind, v, happened_at, hlc, person_id, shift_id, body } = operation;
  return { id, seq, kind, v, happened_at, hlc, age_ms: ageOf(operation), person_id, shift_id, body };
}

/**
 * Milliseconds since the fact, or null when it happened before this page was loaded. The monotonic clock of some
 * devices stands still while they sleep, and the wall clock may be set: the greater of both is never too young.
 */
function ageOf({ boot, boot_ms, logged_at }: LoggedOperation): number | null {
  if (boot !== BOOT) return null;
  return Math.min(AGE_MOST_MS, Math.max(0, Math.round(performance.now() - boot_ms), Date.now() - logged_at));
}

/** Books the verdicts of one push. */
export async function applyAnswer(answer: PushAnswer): Promise<void> {
  await atomic(['outbox', 'meta'], async (tx) => {
    for (const result of answer.results) {
      const operation = await tx.objectStore('outbox').index('id').get(result.id);
      if (operation) await tx.objectStore('outbox').put(judged(operation, result, Date.now()));
    }
    await followServer(tx, answer);
  });
}

function judged(operation: LoggedOperation, result: PushResult, now: number): LoggedOperation {
  const flags = result.flags ?? operation.flags;
  if (result.verdict === 'accepted' || result.verdict === 'duplicate') {
    return { ...without(without(operation, 'unsent'), 'attention'), flags, error: null };
  }
  const error = result.error ?? { code: result.verdict };
  if (result.verdict === 'failed') return failed(operation, error, now);
  return { ...without(operation, 'unsent'), attention: 1, flags, error };
}

function failed(operation: LoggedOperation, error: LoggedOperation['error'], now: number): LoggedOperation {
  const tries = operation.tries + 1;
  const pause = Math.min(FAILED_FIRST_MS * 2 ** (tries - 1), FAILED_MOST_MS);
  const shown = tries >= SHOWN_AFTER_TRIES ? { attention: 1 as const } : {};
  return { ...operation, ...shown, tries, error, not_before: now + pause };
}

/** Holds one operation back for a growing while, so that the others can go. */
export async function markFailed(operation: LoggedOperation, error: LoggedOperation['error']): Promise<void> {
  await atomic(['outbox'], (tx) => tx.objectStore('outbox').put(failed(operation, error, Date.now())));
}

/**
 * A server that was restored gets the whole log once more: what it lost it books, the rest are duplicates. One that
 * only knows less than it did gets the log from its `next_seq` on. A terminal whose own storage was wiped goes on
 * counting where the server stands.
 */
async function followServer(tx: Write, answer: PushAnswer): Promise<void> {
  const meta = tx.objectStore('meta');
  const known = (await meta.get('server')) as Known | undefined;
  const seq = ((await meta.get('seq')) as number | undefined) ?? 1;
  if (known && known.generation !== answer.generation) await markUnsent(tx, 1);
  else if (known && answer.next_seq < known.next_seq) await markUnsent(tx, answer.next_seq);
  if (answer.next_seq > seq) await meta.put(answer.next_seq, 'seq');
  await meta.put({ generation: answer.generation, next_seq: answer.next_seq }, 'server');
}

/**
 * A terminal that has nothing to send learns here that the server was restored, and sends its log again: what the
 * backup did not hold is nowhere else.
 */
export async function followGeneration(generation: number): Promise<void> {
  const again = await atomic(['outbox', 'meta'], async (tx) => {
    const meta = tx.objectStore('meta');
    const known = (await meta.get('server')) as Known | undefined;
    if (!known || known.generation === generation) return false;
    await markUnsent(tx, 1);
    await meta.put({ ...known, generation }, 'server');
    return true;
  });
  if (again) for (const listener of againListeners) listener();
}

/** Hears when the log waits to be sent once more. */
export function onSendAgain(listener: () => void): () => void {
  againListeners.add(listener);
  return () => againListeners.delete(listener);
}

const againListeners = new Set<() => void>();

async function markUnsent(tx: Write, fromSeq: number): Promise<void> {
  for (let at = await tx.objectStore('outbox').openCursor(IDBKeyRange.lowerBound(fromSeq)); at; at = await at.continue()) {
    if (!at.value.attention) await at.update({ ...at.value, unsent: 1, not_before: 0 });
  }
}

function without<Field extends 'unsent' | 'attention'>(operation: LoggedOperation, field: Field): LoggedOperation {
  const rest = { ...operation };
  delete rest[field];
  return rest;
}
