/** Web Locks as the standard has them: in line, `ifAvailable`, `steal`, `signal`, `shared`. One manager for all tabs of a test. */

interface Held {
  name: string;
  mode: LockMode;
  /** Ends the request's promise when somebody steals the lock. */
  lost: (error: DOMException) => void;
}

interface Waiting extends Omit<Held, 'lost'> {
  grant: () => void;
}

type Work = (lock: { name: string; mode: LockMode } | null) => unknown;

export class WebLocks {
  private held: Held[] = [];
  private waiting: Waiting[] = [];

  request = async (name: string, ...rest: [Work] | [LockOptions, Work]): Promise<unknown> => {
    const work = rest.at(-1) as Work;
    const options = rest.length === 2 ? (rest[0] as LockOptions) : {};
    const mode = options.mode ?? 'exclusive';
    await Promise.resolve();
    if (options.signal?.aborted) throw aborted();
    if (options.steal) this.rob(name);
    else if (!this.isFree(name, mode)) {
      if (options.ifAvailable) return work(null);
      await this.inLine(name, mode, options.signal);
    }
    return this.hold(name, mode, work);
  };

  query = async () => ({ held: this.held.map(({ name, mode }) => ({ name, mode })), pending: this.waiting.map(({ name, mode }) => ({ name, mode })) });

  private hold(name: string, mode: LockMode, work: Work): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const own: Held = { name, mode, lost: reject };
      this.held.push(own);
      void Promise.resolve()
        .then(() => work({ name, mode }))
        .then(resolve, reject)
        .finally(() => {
          this.held = this.held.filter((each) => each !== own);
          this.serve(name);
        });
    });
  }

  private inLine(name: string, mode: LockMode, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const own: Waiting = { name, mode, grant: resolve };
      this.waiting.push(own);
      signal?.addEventListener('abort', () => {
        if (!this.waiting.includes(own)) return;
        this.waiting = this.waiting.filter((each) => each !== own);
        reject(aborted());
      });
    });
  }

  private serve(name: string): void {
    const next = this.waiting.find((each) => each.name === name);
    if (!next || !this.isFree(name, next.mode)) return;
    this.waiting = this.waiting.filter((each) => each !== next);
    next.grant();
  }

  private rob(name: string): void {
    const robbed = this.held.filter((each) => each.name === name);
    this.held = this.held.filter((each) => each.name !== name);
    for (const each of robbed) each.lost(aborted());
  }

  private isFree(name: string, mode: LockMode): boolean {
    const others = this.held.filter((each) => each.name === name);
    return others.length === 0 || (mode === 'shared' && others.every((each) => each.mode === 'shared'));
  }
}

const aborted = (): DOMException => new DOMException('the request was aborted', 'AbortError');
