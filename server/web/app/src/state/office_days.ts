/** Days as a person picks them, against the instants of the wire: a branch's day begins at its own midnight. */
import { localDay, localMinute } from '../core/clock.ts';

const DAY_MS = 86_400_000;

/** When a day begins in a zone, in milliseconds UTC. */
export function startOfDay(day: string, timezone: string): number {
  const asUtc = Date.parse(`${day}T00:00:00Z`);
  const shift = (instant: number) => Date.parse(`${localMinute(instant, timezone)}:00Z`) - instant;
  const guess = asUtc - shift(asUtc);
  return asUtc - shift(guess);
}

/** When a day is over: the beginning of the next one. */
export const endOfDay = (day: string, timezone: string): number => startOfDay(nextDay(day), timezone);

export const nextDay = (day: string): string => shiftDay(day, 1);

export const shiftDay = (day: string, by: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + by * DAY_MS).toISOString().slice(0, 10);

/** Today on a branch's calendar. */
export const todayIn = (timezone: string, now_ms: number = Date.now()): string => localDay(now_ms, timezone);
