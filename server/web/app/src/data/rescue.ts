/**
 * What the server does not have yet, as a file: for a device whose storage is full, failing, or about to be cleared.
 * The file is brought back on any paired terminal of the shop; what was sent meanwhile the server knows by its id.
 */
import { atomic, type LoggedOperation, read } from './db.ts';
import type { Terminal } from './device.ts';
import { tell } from './channel.ts';

const FORMAT = 'aisales-unsent';
const VERSION = 1;

export interface RescueFile {
  format: typeof FORMAT;
  version: typeof VERSION;
  terminal: Terminal | null;
  written_at: string;
  operations: LoggedOperation[];
}

/** The file is none of ours, or was cut. */
export class NotARescueFile extends Error {
  override name = 'NotARescueFile';
}

/** All operations that wait or need a person, the oldest first. */
export async function unsentOperations(terminal: Terminal | null, now: number): Promise<RescueFile> {
  const [unsent, attention] = await read((db) =>
    Promise.all([db.getAllFromIndex('outbox', 'unsent'), db.getAllFromIndex('outbox', 'attention')]),
  );
  const bySeq = new Map([...unsent, ...attention].map((operation) => [operation.seq, operation]));
  const operations = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
  return { format: FORMAT, version: VERSION, terminal, written_at: new Date(now).toISOString(), operations };
}

/** Puts the operations of a file that this device does not have into its outbox. Returns how many. Raises: NotARescueFile. */
export async function bringBack(text: string): Promise<number> {
  const { operations } = parsed(text);
  const brought = await atomic(['outbox', 'meta'], async (tx) => {
    const [outbox, meta] = [tx.objectStore('outbox'), tx.objectStore('meta')];
    let seq = ((await meta.get('seq')) as number | undefined) ?? 1;
    let count = 0;
    for (const operation of operations) {
      if ((await outbox.index('id').getKey(operation.id)) !== undefined) continue;
      await outbox.add({ ...operation, seq: seq++, unsent: 1, not_before: 0 });
      count++;
    }
    await meta.put(seq, 'seq');
    return count;
  });
  tell({ kind: 'outbox' });
  return brought;
}

function parsed(text: string): RescueFile {
  try {
    const file = JSON.parse(text) as RescueFile;
    if (file.format === FORMAT && file.version === VERSION && file.operations.every((each) => each.id && each.kind && each.body)) return file;
  } catch {
    // Said below in one way.
  }
  throw new NotARescueFile('not a file of unsent operations');
}
