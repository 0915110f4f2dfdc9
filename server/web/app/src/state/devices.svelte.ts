/** What the stream said last about each device, for the printer's chip and the like. Nothing is stored. */
import { onEvent } from '../data/events.ts';

/** States in which a device cannot do its work (`edge_agent/wire/reports.py`). */
const UNWELL = new Set(['trouble', 'held', 'offline']);

let states = $state.raw<Record<number, string>>({});

onEvent('device', ({ id, state }) => {
  states = { ...states, [id]: state };
});

/** The last state heard of a device, or null. */
export function deviceState(id: number): string | null {
  return states[id] ?? null;
}

/** A device said that it cannot do its work. Silence is no trouble. */
export function deviceTrouble(id: number): boolean {
  return UNWELL.has(deviceState(id) ?? '');
}
