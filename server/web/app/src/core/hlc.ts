/** A hybrid logical clock (as `server/values/hlc.py`): 16 hex digits, 12 of milliseconds and 4 of a counter; text order is clock order. */

export interface Hlc {
  ms: number;
  counter: number;
}

export const ZERO: Hlc = { ms: 0, counter: 0 };
/** A foreign clock further ahead than this is not followed: a wrong device would win for ever. */
export const MAX_AHEAD_MS = 300_000;
const COUNTER_LIMIT = 65_536;

export const hlcText = ({ ms, counter }: Hlc): string => ms.toString(16).padStart(12, '0') + counter.toString(16).padStart(4, '0');

export function parseHlc(text: string): Hlc {
  if (!/^[0-9a-f]{16}$/.test(text)) throw new RangeError(`not a clock reading: ${text}`);
  return { ms: Number.parseInt(text.slice(0, 12), 16), counter: Number.parseInt(text.slice(12), 16) };
}

/** The next reading of this device at a wall time. */
export const tick = (last: Hlc, now_ms: number): Hlc => (now_ms > last.ms ? { ms: now_ms, counter: 0 } : after(last));

/** The next reading after another device's was seen; one too far ahead of the wall is not followed. */
export function receive(last: Hlc, seen: Hlc, now_ms: number): Hlc {
  if (seen.ms > now_ms + MAX_AHEAD_MS) return tick(last, now_ms);
  return tick(isLater(seen, last) ? seen : last, now_ms);
}

const isLater = (a: Hlc, b: Hlc): boolean => a.ms > b.ms || (a.ms === b.ms && a.counter > b.counter);

const after = ({ ms, counter }: Hlc): Hlc => (counter + 1 < COUNTER_LIMIT ? { ms, counter: counter + 1 } : { ms: ms + 1, counter: 0 });
