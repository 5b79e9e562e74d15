import type { Clock } from '#libs/consumers/clock.ts';

/** What it is told of is there until its time is over. */
export class ExpiringMap<T> {
  readonly #entries = new Map<string, { readonly value: T; readonly until: number }>();

  constructor(private readonly clock: Clock) {}

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.until > this.clock.now()) return entry?.value;
    this.#entries.delete(key);
    return undefined;
  }

  /** What is left of an entry's time. */
  remainingMs(key: string): number {
    return Math.max(0, (this.#entries.get(key)?.until ?? 0) - this.clock.now());
  }

  set(key: string, value: T, ms: number): void {
    this.#entries.set(key, { value, until: this.clock.now() + ms });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}
