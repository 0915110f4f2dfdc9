/**
 * What the server's clock shows at least: told by each answer of the sync, counted on by this page's monotonic clock.
 * A push says it, so the server knows how long the push was under way, and no drawer opens late because of the network.
 * A clock that stands still while the device sleeps counts too little: then a drawer rather stays shut.
 */
export const NOW_HEADER = 'X-AISales-Now';
export const SENT_HEADER = 'X-AISales-Sent-At';

let behindMs: number | null = null;

/** An answer has come, made when the server's clock showed this. */
export function learnServerTime(told: string | null, heardMs = performance.now()): void {
  if (told !== null && /^\d{1,15}$/.test(told)) behindMs = heardMs - Number(told);
}

/** Milliseconds UTC, or null before the first answer of this page. */
export function serverTimeAtLeast(nowMs = performance.now()): number | null {
  return behindMs === null ? null : Math.floor(nowMs - behindMs);
}
