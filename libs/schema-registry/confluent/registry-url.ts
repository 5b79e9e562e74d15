/** One URL of a registry, and whether it is worth trying. */
export class RegistryUrl {
  /** Without a slash at the end. */
  readonly base: string;
  #failure: unknown;
  #restsUntil = -Infinity;

  /** @param url with its path, without user and password */
  constructor(url: string) {
    this.base = url.replace(/\/+$/, '');
  }

  /** Why it failed last. */
  get failure(): unknown {
    return this.#failure;
  }

  /**
   * Whether a request may try it now. The first one after a rest keeps the others off for `trialMs`, or until it has
   * its answer.
   *
   * @param now and until when, by one clock, in ms
   */
  enter(now: number, trialMs: number): boolean {
    if (this.#failure === undefined) return true;
    if (now < this.#restsUntil) return false;
    this.#restsUntil = now + trialMs;
    return true;
  }

  /** @returns whether it had failed before */
  answered(): boolean {
    const failed = this.#failure !== undefined;
    this.#failure = undefined;
    return failed;
  }

  /** @returns whether it had not failed before */
  failed(failure: unknown, restsUntil: number): boolean {
    const sound = this.#failure === undefined;
    this.#failure = failure ?? new Error('failed');
    this.#restsUntil = restsUntil;
    return sound;
  }
}
