/** This device's clock beside the server's. Nothing is decided by it alone; a wrong one is shown, because papers carry its time. */
import { onServerTime } from '../data/api.ts';

/** Further off than this is wrong; it is also as far as another device's clock is followed. */
const WRONG_MS = 300_000;

class Clock {
  /** Server's time less this device's, or null while no answer has told it. Units: milliseconds. */
  behind_ms = $state<number | null>(null);

  get isWrong(): boolean {
    return this.behind_ms !== null && Math.abs(this.behind_ms) > WRONG_MS;
  }
}

export const clock = new Clock();

onServerTime((server_ms) => {
  const behind = server_ms - Date.now();
  // An answer tells whole seconds and took a while: small changes are no news.
  if (clock.behind_ms === null || Math.abs(behind - clock.behind_ms) > 2_000) clock.behind_ms = behind;
});
