/** Instants and local days. Instants are integer milliseconds UTC; days are ISO texts (as `server/values/times.py`). */

export const DEFAULT_CUT_OFF_MIN = 300;

const formatters = new Map<string, Intl.DateTimeFormat>();

/** The wall clock of a zone such as "Asia/Baku": "2026-11-24T18:05". Only digits are asked of Intl, never words. */
export function localMinute(instant_ms: number, timezone: string): string {
  const parts = Object.fromEntries(formatterOf(timezone).formatToParts(instant_ms).map(({ type, value }) => [type, value]));
  return `${parts.year.padStart(4, '0')}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

export const localDay = (instant_ms: number, timezone: string): string => localMinute(instant_ms, timezone).slice(0, 10);

/** The hour of the wall clock, 0 to 23. */
export const localHour = (instant_ms: number, timezone: string): number => Number(localMinute(instant_ms, timezone).slice(11, 13));

/** The day a shift belongs to: the local date at its opening minus the branch's cut-off, taken from the wall clock. */
export function businessDay(opened_ms: number, timezone: string, cut_off_min: number = DEFAULT_CUT_OFF_MIN): string {
  const wall = Date.parse(`${localMinute(opened_ms, timezone)}Z`);
  return new Date(wall - cut_off_min * 60_000).toISOString().slice(0, 10);
}

/** ISO 8601 with Z and three decimals, and back (null when it is no UTC time). */
export const toIso = (instant_ms: number): string => new Date(instant_ms).toISOString();

export function fromIso(text: string): number | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/.test(text)) return null;
  const instant_ms = Date.parse(text.replace(/(\.\d{3})\d+Z$/, '$1Z'));
  return Number.isNaN(instant_ms) ? null : instant_ms;
}

function formatterOf(timezone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timezone);
  if (!formatter) {
    const two = '2-digit';
    formatter = new Intl.DateTimeFormat('en-US', { timeZone: timezone, hourCycle: 'h23', year: 'numeric', month: two, day: two, hour: two, minute: two });
    formatters.set(timezone, formatter);
  }
  return formatter;
}
