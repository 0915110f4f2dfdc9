/** Ids of facts: UUIDv7 of an instant and 10 random bytes (as `server/values/ids.py`), and derived UUIDv5. */

/** A UUIDv7 of an instant and 10 random bytes. */
export function uuid7(at_ms: number, randomness: Uint8Array): string {
  const bytes = new Uint8Array(16);
  for (let i = 5, left = at_ms; i >= 0; i--, left = Math.floor(left / 256)) bytes[i] = left % 256;
  const random = randomness.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  const high = (random >> 62n) & 0xfffn;
  bytes[6] = 0x70 | Number(high >> 8n);
  bytes[7] = Number(high & 0xffn);
  for (let i = 15, left = (0b10n << 62n) | (random & ((1n << 62n) - 1n)); i >= 8; i--, left >>= 8n) bytes[i] = Number(left & 0xffn);
  return text(bytes);
}

/** A new id with the platform's own randomness. */
export const newId = (now_ms: number = Date.now()): string => uuid7(now_ms, crypto.getRandomValues(new Uint8Array(10)));

/** The milliseconds that a UUIDv7 carries. */
export const madeAt = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

/** The id of what a cause brings forth, e.g. derived(saleId, "receipt:0"). Never await it inside an IndexedDB transaction. */
export async function derived(causeId: string, name: string): Promise<string> {
  const cause = causeId.replaceAll('-', '').match(/../g)!.map((pair) => Number.parseInt(pair, 16));
  const whole = new Uint8Array([...cause, ...new TextEncoder().encode(name)]);
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-1', whole)).slice(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x50;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return text(bytes);
}

function text(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
