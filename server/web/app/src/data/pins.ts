/** What this device remembers of PINs that the server accepted here (`core/pin.ts` has the rules), so that people can sign in offline. */
import * as pin from '../core/pin.ts';
import { atomic, read } from './db.ts';
import { deviceKey } from './device.ts';

export type PinCheck =
  | { kind: 'right' }
  | { kind: 'wrong'; left: number }
  | { kind: 'paused'; until: number }
  /** Never signed in online here, too long ago, or wiped after ten misses. */
  | { kind: 'online_once'; wiped: boolean };

/** Remembers a PIN that the server has just accepted; misses begin anew. */
export async function learnPin(personId: number, typed: string, now: number): Promise<void> {
  const salt = crypto.getRandomValues(new Uint8Array(pin.SALT_BYTES));
  const verifier = await pin.newVerifier(await deviceKey(), typed, salt, now);
  await atomic(['verifiers'], (tx) => tx.objectStore('verifiers').put({ person_id: personId, ...verifier }));
}

export async function checkPin(personId: number, typed: string, now: number): Promise<PinCheck> {
  const verifier = await read((db) => db.get('verifiers', personId));
  if (!verifier) return { kind: 'online_once', wiped: false };
  const gate = pin.gate(verifier, now);
  if (gate === 'paused') return { kind: 'paused', until: verifier.missed_at + pin.PAUSE_MS };
  if (gate !== 'open') return { kind: 'online_once', wiped: gate === 'wiped' };
  if (!(await pin.fits(await deviceKey(), verifier, typed))) return countMiss(personId, now);
  await atomic(['verifiers'], (tx) => tx.objectStore('verifiers').put({ person_id: personId, ...pin.matched(verifier) }));
  return { kind: 'right' };
}

/** Forgets what this device knows of a person's PIN: it was changed, or the person left. */
export async function forgetPin(personId: number): Promise<void> {
  await atomic(['verifiers'], (tx) => tx.objectStore('verifiers').delete(personId));
}

/** Who could sign in now without the server. */
export async function knownPins(now: number): Promise<Set<number>> {
  const verifiers = await read((db) => db.getAll('verifiers'));
  return new Set(verifiers.filter((verifier) => ['open', 'paused'].includes(pin.gate(verifier, now))).map((verifier) => verifier.person_id));
}

/** Counts a miss on disk before it is told, so that a reload gives no new tries. The tenth leaves nothing to try against. */
async function countMiss(personId: number, now: number): Promise<PinCheck> {
  return atomic(['verifiers'], async (tx) => {
    const before = await tx.objectStore('verifiers').get(personId);
    if (!before) return { kind: 'online_once', wiped: false };
    const after = { ...before, ...pin.missed(before, now) };
    const wiped = after.misses >= pin.WIPE_AFTER;
    await tx.objectStore('verifiers').put(wiped ? { ...after, salt: new Uint8Array(), mac: new Uint8Array() } : after);
    if (wiped) return { kind: 'online_once', wiped };
    if (after.misses % pin.PAUSE_AFTER === 0) return { kind: 'paused', until: now + pin.PAUSE_MS };
    return { kind: 'wrong', left: pin.PAUSE_AFTER - (after.misses % pin.PAUSE_AFTER) };
  });
}
