/**
 * Who may do what among the tabs of this browser, by Web Locks.
 * The tab that holds `register:<id>` sells; a second tab looks, and may take over (the first turns read-only).
 */

export type Hold = 'held' | 'elsewhere';

export interface RegisterHold {
  release(): void;
}

/** Tries to hold the register; `changed` hears 'held', 'elsewhere', and 'elsewhere' again when another tab takes it over. */
export function holdRegister(registerId: number, changed: (hold: Hold) => void, takeOver = false): RegisterHold {
  let release = () => undefined as void;
  const until = new Promise<void>((resolve) => (release = resolve));
  const options: LockOptions = takeOver ? { steal: true } : { ifAvailable: true };

  navigator.locks
    .request(`register:${registerId}`, options, async (lock) => {
      changed(lock ? 'held' : 'elsewhere');
      if (lock) await until;
    })
    .catch((error: unknown) => {
      if (!(error instanceof DOMException) || error.name !== 'AbortError') throw error;
      changed('elsewhere');
    });
  return { release: () => release() };
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
    .catch((error: unknown) => {
      if (!(error instanceof DOMException) || error.name !== 'AbortError') throw error;
    });
  return () => {
    leaving.abort();
    stop();
  };
}
