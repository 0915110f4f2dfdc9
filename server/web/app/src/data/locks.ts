/**
 * Who may do what among the tabs of this browser, by Web Locks.
 * The tab that holds `register:<id>` sells; a second tab looks, and may take over (the first turns read-only).
 */

/** 'asked': this tab does not know yet. */
export type Hold = 'asked' | 'held' | 'elsewhere';

export interface RegisterHold {
  release(): void;
}

/**
 * Holds the register for as long as this tab may. `changed` hears 'held' or 'elsewhere', each time it changes: a tab
 * that has to wait gets the register when the other one goes, and a tab whose register is taken over waits from then on.
 */
export function holdRegister(registerId: number, changed: (hold: Hold) => void, takeOver = false): RegisterHold {
  const leaving = new AbortController();
  const left = new Promise<void>((resolve) => leaving.signal.addEventListener('abort', () => resolve()));

  async function hold(options: LockOptions): Promise<void> {
    const holding = navigator.locks.request(`register:${registerId}`, options, async (lock) => {
      if (!lock || leaving.signal.aborted) return;
      changed('held');
      await left;
    });
    await holding.catch(throwUnlessTaken);
  }

  async function keepHolding(): Promise<void> {
    await hold(takeOver ? { steal: true } : { ifAvailable: true });
    while (!leaving.signal.aborted) {
      changed('elsewhere');
      await hold({ signal: leaving.signal });
    }
  }

  void keepHolding();
  return { release: () => leaving.abort() };
}

/** Waits until this tab is the one that leads in `name`, and keeps it until the page goes. */
export function lead(name: string, start: () => () => void): () => void {
  const leaving = new AbortController();
  let stop = () => undefined as void;
  navigator.locks
    .request(name, { signal: leaving.signal }, () => {
      const end = start();
      return new Promise<void>((resolve) => {
        stop = () => {
          end();
          resolve();
        };
      });
    })
    .catch(throwUnlessTaken);
  return () => {
    leaving.abort();
    stop();
  };
}

/** A lock that was taken over, or no longer waited for, ends with an AbortError. */
function throwUnlessTaken(error: unknown): void {
  if (!(error instanceof DOMException) || error.name !== 'AbortError') throw error;
}
