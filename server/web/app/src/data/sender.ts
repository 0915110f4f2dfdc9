/**
 * Brings the outbox to the server. One tab sends at a time (Web Lock `outbox:<terminal>`); a fault of the network is
 * tried again for ever with growing pauses, and `navigator.onLine` is never asked.
 */
import { NoConnection, Problem } from './api.ts';
import type { LoggedOperation } from './db.ts';
import { applyAnswer, asPushed, BATCH_OPERATIONS, markFailed, nextBatch } from './outbox.ts';
import type { Operation, PushAnswer } from './wire.ts';

const PAUSE_FIRST_MS = 200;
const PAUSE_MOST_MS = 60_000;

export interface Batch {
  batch: string;
  ops: Operation[];
}

export type Outcome =
  | { kind: 'delivered'; cursor: number }
  | { kind: 'unreachable' }
  | { kind: 'busy'; retryAfterMs: number }
  | { kind: 'refused'; problem: Problem }
  /** The server has it; this device could not write that down, and sends it again. */
  | { kind: 'not_noted' };

export interface SenderParts {
  terminalId: string | number;
  push(batch: Batch): Promise<PushAnswer>;
  /** Hears what became of each delivery: the state of the connection and the server's cursor. */
  heard(outcome: Outcome): void;
  sleep?(ms: number): Promise<void>;
  random?(): number;
}

export class Sender {
  private readonly parts: SenderParts;
  private running: Promise<void> | null = null;
  private wanted = false;
  private stopped = false;
  private cutPause: (() => void) | null = null;

  constructor(parts: SenderParts) {
    this.parts = parts;
  }

  /** Sends what waits unless another tab is at it; cuts a pause short. Resolves when nothing may be sent any more. */
  drain(): Promise<void> {
    this.wanted = true;
    this.cutPause?.();
    this.running ??= this.work().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  stop(): void {
    this.stopped = true;
    this.cutPause?.();
  }

  private async work(): Promise<void> {
    while (this.wanted && !this.stopped) {
      this.wanted = false;
      await navigator.locks.request(`outbox:${this.parts.terminalId}`, { ifAvailable: true }, async (lock) => {
        if (lock) await this.sendAll();
      });
    }
  }

  private async sendAll(): Promise<void> {
    let most = BATCH_OPERATIONS;
    let pauseMs = PAUSE_FIRST_MS;
    while (!this.stopped) {
      const batch = await nextBatch(Date.now(), most);
      if (batch.length === 0) return;

      const outcome = await this.deliver(batch);
      this.parts.heard(outcome);
      if (outcome.kind === 'delivered') {
        pauseMs = PAUSE_FIRST_MS;
        most = Math.min(most * 2, BATCH_OPERATIONS);
        continue;
      }
      if (outcome.kind === 'refused') most = await this.narrow(batch, outcome.problem);
      await this.pause(outcome, pauseMs);
      pauseMs = Math.min(pauseMs * 2, PAUSE_MOST_MS);
    }
  }

  private async deliver(batch: LoggedOperation[]): Promise<Outcome> {
    try {
      const answer = await this.parts.push({ batch: crypto.randomUUID(), ops: batch.map(asPushed) });
      await applyAnswer(answer);
      return { kind: 'delivered', cursor: answer.cursor };
    } catch (error) {
      return outcomeOf(error);
    }
  }

  /** A push refused as a whole: half as many next time, until the one bad operation stands alone and must wait. */
  private async narrow(batch: LoggedOperation[], problem: Problem): Promise<number> {
    if (problem.status === 401 || problem.status === 403) return BATCH_OPERATIONS; // About the device, not the operations.
    if (batch.length === 1) await markFailed(batch[0], { code: problem.code, params: problem.params });
    return Math.max(1, Math.floor(batch.length / 2));
  }

  private async pause(outcome: Outcome, pauseMs: number): Promise<void> {
    const jittered = pauseMs * (0.5 + (this.parts.random ?? Math.random)() / 2);
    const sleep = this.parts.sleep ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
    if (outcome.kind === 'busy') return sleep(Math.max(outcome.retryAfterMs, jittered));
    await Promise.race([sleep(jittered), new Promise<void>((resolve) => (this.cutPause = resolve))]);
    this.cutPause = null;
  }
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof NoConnection) return { kind: 'unreachable' };
  if (error instanceof DOMException) return { kind: 'not_noted' };
  if (!(error instanceof Problem)) throw error;
  if (error.status === 429 || error.status === 503) return { kind: 'busy', retryAfterMs: error.retryAfterMs ?? 0 };
  if (error.status >= 502) return { kind: 'unreachable' };
  return { kind: 'refused', problem: error };
}
