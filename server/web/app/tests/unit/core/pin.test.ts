import { describe, expect, test } from 'vitest';
import { fits, gate, isPin, matched, missed, newDeviceKey, newVerifier, PAUSE_MS, SALT_BYTES, VALID_MS, WIPE_AFTER, type Verifier } from '../../../src/core/pin.ts';

const NOW = 1_795_550_220_500;
const fresh: Verifier = { salt: new Uint8Array(SALT_BYTES), mac: new Uint8Array(32), signed_in_online_at: NOW, misses: 0, missed_at: 0 };
const misses = (count: number, at_ms = NOW): Verifier => Array.from({ length: count }).reduce((own: Verifier) => missed(own, at_ms), fresh);

describe('a PIN without the network', () => {
  test('fits only itself, under a key that cannot be read out', async () => {
    const deviceKey = await newDeviceKey();
    const verifier = await newVerifier(deviceKey, '2580', new Uint8Array(SALT_BYTES).fill(7), NOW);

    expect(await fits(deviceKey, verifier, '2580')).toBe(true);
    expect(await fits(deviceKey, verifier, '2581')).toBe(false);
    expect(await fits(await newDeviceKey(), verifier, '2580')).toBe(false);
    await expect(crypto.subtle.exportKey('raw', deviceKey)).rejects.toThrow();
  });

  test('five misses pause for 30 s, the tenth wipes', () => {
    expect(gate(misses(4), NOW)).toBe('open');
    expect(gate(misses(5), NOW + PAUSE_MS - 1)).toBe('paused');
    expect(gate(misses(5), NOW + PAUSE_MS)).toBe('open');
    expect(gate(misses(6), NOW)).toBe('open');
    expect(gate(misses(WIPE_AFTER), NOW + VALID_MS)).toBe('wiped');
    expect(gate(matched(misses(9)), NOW)).toBe('open');
  });

  test('it ends a week after the last online sign-in, also when the clock is set back', () => {
    expect(gate(fresh, NOW + VALID_MS)).toBe('open');
    expect(gate(fresh, NOW + VALID_MS + 1)).toBe('expired');
    expect(gate(fresh, NOW - VALID_MS - 1)).toBe('expired');
  });

  test('is four to six digits', () => {
    expect(['1234', '123456', '123', '1234567', '12a4', '١٢٣٤'].map(isPin)).toEqual([true, true, false, false, false, false]);
  });
});
