/** Brings the server's reference rows to this device: everything once, then changes by sequence. */
import { get, Problem } from './api.ts';
import { followGeneration } from './outbox.ts';
import { replica } from './replica.ts';
import type { Bootstrap, Changes, Snapshot } from './wire.ts';

const SCHEMA = 2;
const TOPICS = 'catalogue,people,settings,orders';
const CHANGES_A_REQUEST = 1_000;
const SNAPSHOT_TIMEOUT_MS = 120_000;

let pulling: Promise<void> | null = null;
let pullAgain = false;

/** Fills or refills this device. Raises: NoConnection, Problem (401 when the terminal is not paired or revoked). */
export async function bootstrap(): Promise<Bootstrap> {
  const answer = await refill();
  await pull();
  return answer;
}

/** Fetches what changed since the cursor. Calls that come while one runs share the next one. */
export function pull(): Promise<void> {
  pullAgain = true;
  pulling ??= pullAll().finally(() => {
    pulling = null;
  });
  return pulling;
}

/** A newer snapshot when the delta has grown long; call it in an idle moment. */
export async function freshenSnapshot(): Promise<void> {
  if (replica.wantsSnapshot) await bootstrap();
}

async function pullAll(): Promise<void> {
  while (pullAgain) {
    pullAgain = false;
    await pullOnce();
  }
}

async function pullOnce(): Promise<void> {
  for (let more = true; more; ) {
    if (!replica.held) return;
    const answer = await changesSince(replica.held.cursor);
    if (!answer) {
      await refill();
      return;
    }
    await replica.apply(answer.changes, answer.to);
    more = answer.more;
  }
}

/** Null when the server no longer keeps changes from that cursor on (410): this device must be filled again. */
async function changesSince(cursor: number): Promise<Changes | null> {
  try {
    return await get<Changes>('/sync/changes', { query: { cursor, topics: TOPICS, limit: CHANGES_A_REQUEST }, asTerminal: true });
  } catch (error) {
    if (error instanceof Problem && error.status === 410) return null;
    throw error;
  }
}

async function refill(): Promise<Bootstrap> {
  const answer = await get<Bootstrap>('/sync/bootstrap', { query: { schema: SCHEMA }, asTerminal: true });
  const snapshot = await get<Snapshot>(answer.catalogue.url, { asTerminal: true, timeoutMs: SNAPSHOT_TIMEOUT_MS });
  await replica.replace(answer, snapshot);
  await followGeneration(answer.generation);
  return answer;
}
