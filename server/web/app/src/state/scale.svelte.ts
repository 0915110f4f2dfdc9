/**
 * The agent's scale while someone looks at it: the server is asked to watch, weights come by the stream. A weight counts
 * only when it is stable, fresh and above nothing; silence makes it old.
 */
import { NoConnection, post, Problem } from '../data/api.ts';
import { onEvent } from '../data/events.ts';
import { shop } from './shop.svelte.ts';

/** The agent streams this long after a request (15 s), so it is asked again well before. */
const WATCH_AGAIN_MS = 8_000;
const FRESH_MS = 2_500;
const TICK_MS = 250;

class Scale {
  grams = $state<number | null>(null);
  stable = $state(false);
  /** The server or the scale cannot be reached now. */
  away = $state(false);
  private heardAt = 0;
  private fresh = $state(false);

  get has(): boolean {
    return shop.device('scale') !== null;
  }

  /** The weight that may be taken, in thousandths of a kilogram; null while it may not. */
  get ready_milli(): number | null {
    return this.fresh && this.stable && this.grams !== null && this.grams > 0 ? this.grams : null;
  }

  get isFresh(): boolean {
    return this.fresh;
  }

  /** Watches until the returned function is called. */
  watch(): () => void {
    this.forget();
    const deaf = onEvent('weight', ({ grams, stable, device_id }) => {
      const own = shop.device('scale');
      if (own && own.device_id !== device_id) return;
      this.grams = grams;
      this.stable = stable;
      this.heardAt = performance.now();
      this.fresh = true;
      this.away = false;
    });
    const ask = () => void this.ask();
    const again = setInterval(ask, WATCH_AGAIN_MS);
    const tick = setInterval(() => (this.fresh = this.heardAt > 0 && performance.now() - this.heardAt < FRESH_MS), TICK_MS);
    ask();
    return () => {
      deaf();
      clearInterval(again);
      clearInterval(tick);
      this.forget();
    };
  }

  private async ask(): Promise<void> {
    try {
      await post('/devices/watch-scale', {}, { asTerminal: true, timeoutMs: WATCH_AGAIN_MS });
    } catch (error) {
      if (!(error instanceof NoConnection) && !(error instanceof Problem)) throw error;
      this.away = true;
    }
  }

  private forget(): void {
    this.grams = null;
    this.stable = false;
    this.fresh = false;
    this.heardAt = 0;
  }
}

export const scale = new Scale();
