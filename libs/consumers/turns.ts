import type { Clock } from './clock.ts';

interface Waiting {
  readonly go: (granted: boolean) => void;
}

/** One at a time, first come, first served; whoever waits may give up at its deadline. */
export class Turns {
  #taken = false;
  readonly #waiting = new Set<Waiting>();

  constructor(
    private readonly clock: Clock,
    /** How many may wait. */
    private readonly limit: number,
  ) {}

  /** Whether one more may wait. */
  get full(): boolean {
    return this.#waiting.size >= this.limit;
  }

  /** @returns false when the deadline passed or the signal came first; true obliges the caller to `release` */
  take(deadline: number, signal: AbortSignal): Promise<boolean> {
    if (!this.#taken) {
      this.#taken = true;
      return Promise.resolve(true);
    }
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiting: Waiting = {
        go: (granted) => {
          this.#waiting.delete(waiting);
          cancel();
          signal.removeEventListener('abort', giveUp);
          resolve(granted);
        },
      };
      const giveUp = (): void => waiting.go(false);
      const cancel = this.clock.after(deadline - this.clock.now(), giveUp);
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.add(waiting);
    });
  }

  release(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#taken = false;
    else next.go(true);
  }
}
