/** What the stream said last about each device, for the printer's chip and the like. Nothing is stored. */
import { onEvent } from '../data/events.ts';

const WELL = new Set(['ready', 'ok', 'online', 'idle', 'busy']);

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
  const state = deviceState(id);
  return state !== null && !WELL.has(state);
}
