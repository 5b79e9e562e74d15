export interface IssuedToken {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

const retryAfterMs = 10_000;

/**
 * A token that is renewed when four fifths of its time are over.
 *
 * While a renewal fails the old token goes on being given, as long as it is valid. Calls at one time share one renewal.
 */
export class CachedToken {
  readonly #issue: () => Promise<IssuedToken>;
  readonly #now: () => number;
  #current: IssuedToken | undefined;
  #renewAtMs = 0;
  #renewal: Promise<IssuedToken> | undefined;

  constructor(issue: () => Promise<IssuedToken>, now: () => number = Date.now) {
    this.#issue = issue;
    this.#now = now;
  }

  /** @throws what issuing throws, when there is no valid token */
  async get(): Promise<string> {
    const current = this.#current;
    if (current !== undefined && this.#now() < this.#renewAtMs) return current.token;
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = undefined;
    });
    try {
      return (await this.#renewal).token;
    } catch (error) {
      if (current === undefined || this.#now() >= current.expiresAtMs) throw error;
      this.#renewAtMs = this.#now() + retryAfterMs;
      return current.token;
    }
  }

  async #renew(): Promise<IssuedToken> {
    const issued = await this.#issue();
    this.#current = issued;
    this.#renewAtMs = this.#now() + (issued.expiresAtMs - this.#now()) * 0.8;
    return issued;
  }
}
