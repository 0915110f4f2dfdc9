/** A pairing code of a terminal or a token of an agent: made, shown once, and counting down until it is of no use. */
import { post } from '../data/api.ts';

const TICK_MS = 1_000;

export class PairingCode {
  code = $state('');
  secondsLeft = $state(0);
  private until = 0;
  private timer = 0;

  /** Raises: NoConnection, Problem. */
  async make(kind: 'terminal' | 'agent', branchId: number): Promise<void> {
    const answer = await post<{ code: string; expires_at: string }>('/devices/pairing-codes', { kind, branch_id: branchId });
    this.code = answer.code;
    this.until = Date.parse(answer.expires_at);
    window.clearInterval(this.timer);
    this.timer = window.setInterval(() => this.tick(), TICK_MS);
    this.tick();
  }

  clear(): void {
    window.clearInterval(this.timer);
    this.code = '';
    this.secondsLeft = 0;
  }

  private tick(): void {
    this.secondsLeft = Math.max(0, Math.ceil((this.until - Date.now()) / 1000));
    if (this.secondsLeft === 0) this.clear();
  }
}

/** ABCD1234 → "ABCD 1234", to be read out loud. */
export const spelled = (code: string): string => (code.length === 8 ? `${code.slice(0, 4)} ${code.slice(4)}` : code);

/** 125 → "2:05", 86399 → "23:59:59". */
export function clockText(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(String);
  const tail = `:${rest.padStart(2, '0')}`;
  return hours === '0' ? minutes + tail : `${hours}:${minutes.padStart(2, '0')}${tail}`;
}
