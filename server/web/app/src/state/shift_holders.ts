/** Who can hold cash (safe, bank, people, the world outside), kept on the device so that cash can be moved offline. */
import { get, NoConnection, Problem } from '../data/api.ts';
import { atomic, read } from '../data/db.ts';

export interface Holder {
  id: number;
  kind: 'drawer' | 'safe' | 'bank' | 'person' | 'outside';
  register_id: number | null;
  person_id: number | null;
  name: string;
}

const KEY = 'holders';

/** The holders as this device last heard of them. */
export async function holders(): Promise<Holder[]> {
  return ((await read((db) => db.get('meta', KEY))) as Holder[] | undefined) ?? [];
}

/** Asks the server anew; without it what is known stays. */
export async function prefetchHolders(): Promise<Holder[]> {
  try {
    const answer = await get<Holder[] | { rows: Holder[] }>('/cash/holders');
    const rows = Array.isArray(answer) ? answer : answer.rows;
    await atomic(['meta'], (tx) => tx.objectStore('meta').put(rows, KEY));
    return rows;
  } catch (error) {
    if (error instanceof NoConnection || error instanceof Problem) return holders();
    throw error;
  }
}
