/** A server that keeps what `contracts.md` 3 says it keeps, behind a network that loses requests and replies. */
import { NoConnection } from '../../../src/data/api.ts';
import type { Batch } from '../../../src/data/sender.ts';
import type { Operation, PushAnswer, PushResult } from '../../../src/data/wire.ts';

export class FakeServer {
  readonly booked = new Map<string, Operation>();
  deliveries = 0;
  duplicates = 0;
  /** The mark over everything that is here without a gap. */
  lastSeq = 0;
  generation = 1;
  /** What the network does with one delivery. */
  network: () => 'well' | 'request_lost' | 'reply_lost' = () => 'well';
  /** Verdicts of its own for some operations. */
  judge: (operation: Operation) => PushResult | null = () => null;

  push = async (batch: Batch): Promise<PushAnswer> => {
    this.deliveries++;
    const weather = this.network();
    if (weather === 'request_lost') throw new NoConnection('lost');
    const results = batch.ops.map((operation) => this.book(JSON.parse(JSON.stringify(operation)) as Operation));
    if (weather === 'reply_lost') throw new NoConnection('lost');
    return { results, next_seq: this.lastSeq + 1, cursor: 1, generation: this.generation };
  };

  /** The shop is restored from a backup: what came later is gone. */
  restore(lastSeq: number): void {
    this.lose(lastSeq);
    this.generation++;
  }

  /** What came later is gone, and nobody says so. */
  lose(lastSeq: number): void {
    for (const [id, operation] of this.booked) if (operation.seq > lastSeq) this.booked.delete(id);
    this.lastSeq = lastSeq;
  }

  numbers(): string[] {
    return [...this.booked.values()].map((operation) => (operation.body as { number: string }).number).sort();
  }

  private book(operation: Operation): PushResult {
    const own = this.judge(operation);
    if (own) return own;
    if (this.booked.has(operation.id)) {
      this.duplicates++;
      return { id: operation.id, verdict: 'duplicate', flags: [], error: null };
    }
    this.booked.set(operation.id, operation);
    const here = new Set([...this.booked.values()].map(({ seq }) => seq));
    while (here.has(this.lastSeq + 1)) this.lastSeq++;
    return { id: operation.id, verdict: 'accepted', flags: [], error: null };
  }
}

/** A generator of even numbers between 0 and 1 that is the same in each run. */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}
