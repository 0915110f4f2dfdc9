/**
 * This browser as a terminal: its key pair (the private half never leaves the browser), its pairing, its device key.
 * The same public key is the same terminal, so pairing again after a revocation keeps the terminal and its numbers.
 */
import { newDeviceKey } from '../core/pin.ts';
import { post } from './api.ts';
import { atomic, read } from './db.ts';

export interface Terminal {
  id: number;
  name: string;
  branch_id: number;
}

interface PairAnswer {
  terminal: { id: number; name: string };
  branch_id: number;
}

const KEY_KIND: EcKeyGenParams = { name: 'ECDSA', namedCurve: 'P-256' };

export async function pairedTerminal(): Promise<Terminal | null> {
  return ((await read((db) => db.get('device', 'terminal'))) as Terminal | undefined) ?? null;
}

/** Pairs by the code that the back office shows. Raises `Problem` (`pairing_code_unknown`, …). */
export async function pairByCode(code: string, name: string): Promise<Terminal> {
  return keep(await post<PairAnswer>('/devices/pair', { code, name, public_key: await publicKey() }));
}

/** Makes this very browser a terminal; the person signed in must be allowed to manage devices. */
export async function pairHere(name: string, branchId: number): Promise<Terminal> {
  return keep(await post<PairAnswer>('/devices/pair-here', { name, branch_id: branchId, public_key: await publicKey() }));
}

export async function renameTerminal(terminal: Terminal): Promise<void> {
  await atomic(['device'], (tx) => tx.objectStore('device').put(terminal, 'terminal'));
}

/** The key that PIN verifiers are made with. It cannot be read out, only used in this browser. */
export async function deviceKey(): Promise<CryptoKey> {
  const known = (await read((db) => db.get('device', 'hmac'))) as CryptoKey | undefined;
  if (known) return known;
  return keepFirst('hmac', await newDeviceKey());
}

/** The public key as base64 of its SPKI form. */
async function publicKey(): Promise<string> {
  const known = (await read((db) => db.get('device', 'pair'))) as CryptoKeyPair | undefined;
  const pair = known ?? (await keepFirst('pair', await crypto.subtle.generateKey(KEY_KIND, false, ['sign', 'verify'])));
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey));
  return btoa(String.fromCharCode(...spki));
}

/** Stores a key unless another tab was first; returns the one that stands. */
async function keepFirst<Key>(name: string, made: Key): Promise<Key> {
  return atomic(['device'], async (tx) => {
    const first = (await tx.objectStore('device').get(name)) as Key | undefined;
    if (first) return first;
    await tx.objectStore('device').put(made, name);
    return made;
  });
}

async function keep(answer: PairAnswer): Promise<Terminal> {
  const terminal = { ...answer.terminal, branch_id: answer.branch_id };
  await atomic(['device'], (tx) => tx.objectStore('device').put(terminal, 'terminal'));
  return terminal;
}
