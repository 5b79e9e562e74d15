/** Whoever waits for signs of another replica. */
export interface Listening {
  /** From `performance.now()`: when something was heard last. Moved on when we were not able to hear. */
  heardAt: number;
  /** Nothing was heard for too long. */
  silent(): void;
}

const lookEveryMs = 250;
const silenceMs = 3_000;
/** When our own timer is late by so much, it was us who slept. */
const sleptMs = 500;

/** Finds replicas that hang: one timer for all requests that wait for them. */
export class SilenceWatch {
  readonly #listening = new Set<Listening>();
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = 0;

  get size(): number {
    return this.#listening.size;
  }

  add(listening: Listening): void {
    this.#listening.add(listening);
    if (this.#timer !== undefined) return;
    this.#lookedAt = performance.now();
    this.#timer = setInterval(() => this.#look(performance.now()), lookEveryMs);
    this.#timer.unref();
  }

  delete(listening: Listening): void {
    this.#listening.delete(listening);
  }

  #look(now: number): void {
    const slept = now - this.#lookedAt - lookEveryMs > sleptMs;
    this.#lookedAt = now;
    if (this.#listening.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    for (const listening of this.#listening) {
      if (slept) listening.heardAt = now;
      else if (now - listening.heardAt > silenceMs) listening.silent();
    }
  }
}
