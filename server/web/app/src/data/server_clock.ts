/**
 * What the server's clock shows: told by each answer of the sync.
 *
 * `serverTimeAtLeast` counts on by this page's monotonic clock. A push says it, so the server knows how long the push was
 * under way, and no drawer opens late because of the network. A clock that stands still while the device sleeps counts too
 * little: then a drawer rather stays shut.
 *
 * `shopTime` puts this device's own clock right by what it was last known to be wrong, also after a reload without network:
 * from when on a price counts is the shop's word, not the tablet's.
 */
export const NOW_HEADER = 'X-AISales-Now';
export const SENT_HEADER = 'X-AISales-Sent-At';

const KEPT = 'aisales.behind_ms';
/** Answers take their time on the way: less is no news worth keeping. */
const WORTH_KEEPING_MS = 1_000;

let behindMs: number | null = null;
let wallBehindMs: number | null = null;

/** An answer has come, made when the server's clock showed this. */
export function learnServerTime(told: string | null, heardMs = performance.now(), wallMs = Date.now()): void {
  if (told === null || !/^\d{1,15}$/.test(told)) return;
  behindMs = heardMs - Number(told);
  keep(Number(told) - wallMs);
}

/** Milliseconds UTC, or null before the first answer of this page. */
export function serverTimeAtLeast(nowMs = performance.now()): number | null {
  return behindMs === null ? null : Math.floor(nowMs - behindMs);
}

/** The time of the shop when this device's clock shows `wallMs`. Units: milliseconds UTC. */
export function shopTime(wallMs: number): number {
  wallBehindMs ??= Number(localStorage.getItem(KEPT) ?? 0) || 0;
  return wallMs + wallBehindMs;
}

function keep(wall_behind_ms: number): void {
  if (wallBehindMs === null || Math.abs(wall_behind_ms - wallBehindMs) > WORTH_KEEPING_MS) {
    try {
      localStorage.setItem(KEPT, String(wall_behind_ms));
    } catch {
      // A full disk keeps no note; the answer that told the time is as good without.
    }
  }
  wallBehindMs = wall_behind_ms;
}
