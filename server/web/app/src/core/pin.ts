/**
 * A PIN checked without the network. The device keeps HMAC(device key, PBKDF2-SHA256(pin, salt, 600,000)), made at a
 * person's first online sign-in here; the key cannot leave the browser. Counts are the server's: five misses pause
 * 30 s, the tenth wipes the verifier, and a week without an online sign-in ends it.
 */

export const ITERATIONS = 600_000;
export const SALT_BYTES = 16;
export const PAUSE_AFTER = 5;
export const WIPE_AFTER = 10;
export const PAUSE_MS = 30_000;
export const VALID_MS = 7 * 24 * 3_600_000;

export interface Verifier {
  salt: Uint8Array<ArrayBuffer>;
  mac: Uint8Array<ArrayBuffer>;
  signed_in_online_at: number;
  misses: number;
  missed_at: number;
}

export type Gate = 'open' | 'paused' | 'expired' | 'wiped';

/** 4 to 6 digits. */
export const isPin = (pin: string): boolean => /^\d{4,6}$/.test(pin);

/** May a PIN be tried now? A clock that was set back does not lengthen a verifier's life. */
export function gate(verifier: Verifier, now_ms: number): Gate {
  if (verifier.misses >= WIPE_AFTER) return 'wiped';
  if (Math.abs(now_ms - verifier.signed_in_online_at) > VALID_MS) return 'expired';
  const since = now_ms - verifier.missed_at;
  const isPause = verifier.misses > 0 && verifier.misses % PAUSE_AFTER === 0;
  return isPause && since >= 0 && since < PAUSE_MS ? 'paused' : 'open';
}

export const missed = (verifier: Verifier, now_ms: number): Verifier => ({ ...verifier, misses: verifier.misses + 1, missed_at: now_ms });

export const matched = (verifier: Verifier): Verifier => ({ ...verifier, misses: 0, missed_at: 0 });

/** The key under which verifiers are made; kept in IndexedDB, it cannot be read out. */
export const newDeviceKey = (): Promise<CryptoKey> =>
  crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign', 'verify']);

/** Make the verifier at an online sign-in. */
export async function newVerifier(deviceKey: CryptoKey, pin: string, salt: Uint8Array<ArrayBuffer>, now_ms: number): Promise<Verifier> {
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', deviceKey, await stretched(pin, salt)));
  return { salt, mac, signed_in_online_at: now_ms, misses: 0, missed_at: 0 };
}

/** Does the PIN fit? Compared by WebCrypto itself, in constant time. */
export const fits = async (deviceKey: CryptoKey, verifier: Verifier, pin: string): Promise<boolean> =>
  crypto.subtle.verify('HMAC', deviceKey, verifier.mac, await stretched(pin, verifier.salt));

async function stretched(pin: string, salt: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  const material = await crypto.subtle.importKey('raw', new TextEncoder().encode(pin), 'PBKDF2', false, ['deriveBits']);
  return crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ITERATIONS }, material, 256);
}
