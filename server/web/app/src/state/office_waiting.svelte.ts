/** What waits for someone: flags, devices in trouble, open shifts. Each part by its right, each fetched on its own. */
import { get } from '../data/api.ts';
import type { Device, Flag, Shift } from './office_facts.ts';
import type { Page } from './office_types.ts';
import { can } from './session.svelte.ts';

const SEEN = 100;

export interface WaitingRows {
  flags: { rows: Flag[]; isMore: boolean } | null;
  rejected: number;
  devices: Device[] | null;
  shifts: Shift[] | null;
  /** The disk of the server is nearly full. */
  storageLow: boolean;
}

export async function fetchWaiting(): Promise<WaitingRows> {
  const [flags, rejected, devices, shifts, health] = await Promise.all([
    can('flags.settle') ? get<Page<Flag>>('/flags', { query: { limit: SEEN } }) : null,
    can('flags.settle') ? get<Page<unknown>>('/flags/rejected', { query: { limit: SEEN } }) : null,
    can('device.manage') ? get<{ rows: Device[] }>('/devices/devices') : null,
    can('shift.see_expected') ? get<Page<Shift>>('/cash/shifts', { query: { open: true } }) : null,
    can('settings.manage') ? get<{ storage: string }>('/health') : null,
  ]);
  return {
    flags: flags && { rows: flags.rows, isMore: flags.next !== null },
    rejected: rejected?.rows.length ?? 0,
    devices: devices && devices.rows.filter(isInTrouble),
    shifts: shifts && shifts.rows,
    storageLow: health?.storage === 'low',
  };
}

export const isInTrouble = (device: Pick<Device, 'state' | 'trouble'>): boolean => device.trouble !== null || !['ready', 'busy'].includes(device.state);

/** How many flags of each kind, the most frequent first. */
export function flagKinds(flags: readonly Pick<Flag, 'kind'>[]): { kind: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { kind } of flags) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => ({ kind, count })).sort((a, b) => b.count - a.count);
}
