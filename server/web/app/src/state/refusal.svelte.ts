/** What a PIN pad says after a refused try: the reason in words, and a pause that counts down. */
import { Problem } from '../data/api.ts';
import { t } from './i18n.svelte.ts';
import type { SignIn } from './session.svelte.ts';
import { problemText } from './words.svelte.ts';

export type Refused = Exclude<SignIn, { kind: 'in' }> | { kind: 'not_allowed' };

const TICK_MS = 250;

class Refusal {
  private sentence = $state.raw<() => string>(() => '');
  secondsLeft = $state(0);
  /** The PIN itself was wrong: worth a till event. */
  isMiss = false;
  private timer = 0;

  get text(): string {
    return this.secondsLeft > 0 ? t('login.paused', { n: this.secondsLeft }) : this.sentence();
  }

  show(refused: Refused, name: string): void {
    this.clear();
    this.isMiss = refused.kind === 'wrong' || (refused.kind === 'problem' && PIN_MISSES.has(refused.problem.code));
    this.sentence = () => sentenceOf(refused, name);
    if (refused.kind === 'paused') this.countDown(refused.until);
    if (refused.kind === 'problem') this.countDown(Date.now() + secondsOf(refused.problem) * 1000);
  }

  clear(): void {
    window.clearInterval(this.timer);
    this.secondsLeft = 0;
    this.isMiss = false;
    this.sentence = () => '';
  }

  private countDown(until: number): void {
    const tick = () => {
      this.secondsLeft = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      if (this.secondsLeft === 0) window.clearInterval(this.timer);
    };
    this.timer = window.setInterval(tick, TICK_MS);
    tick();
  }
}

const PIN_MISSES = new Set(['wrong_pin']);

export function refusal(): Refusal {
  return new Refusal();
}

function sentenceOf(refused: Refused, name: string): string {
  if (refused.kind === 'wrong') return t('login.wrong_pin_left', { n: refused.left });
  if (refused.kind === 'online_once') return refused.wiped ? t('login.locked') : t('login.online_once', { name });
  if (refused.kind === 'not_allowed') return t('errors.not_allowed');
  return refused.kind === 'problem' ? sentenceOfProblem(refused.problem) : '';
}

function sentenceOfProblem(problem: Problem): string {
  const left = Number(problem.params.left);
  if (problem.code === 'wrong_pin' && left > 0) return t('login.wrong_pin_locks', { n: left });
  return problemText(problem);
}

function secondsOf(problem: Problem): number {
  return Number(problem.params.seconds ?? problem.params.retry_after_s ?? (problem.retryAfterMs ?? 0) / 1000) || 0;
}
