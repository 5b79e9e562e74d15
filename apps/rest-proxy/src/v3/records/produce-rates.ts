import type { ProduceRate } from '../../config/config.ts';

/**
 * Most records and bytes a second, of the whole process.
 *
 * Up to a second's worth is taken at one time. A record that is larger than what is left passes and is paid for by
 * those after it, so that no record is too large to pass ever.
 */
export class ProduceRates {
  readonly #buckets: readonly { readonly perSecond: number; readonly ofBytes: boolean; left: number }[];
  #filledAt = 0;

  /** @param now in milliseconds, never set back */
  constructor(
    rates: readonly ProduceRate[],
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#buckets = rates.flatMap(({ records, bytes }) => [
      { perSecond: records, ofBytes: false, left: records },
      { perSecond: bytes, ofBytes: true, left: bytes },
    ]);
    this.#filledAt = now();
  }

  /** Takes a record of so many bytes; false when there are too many. */
  take(bytes: number): boolean {
    if (this.#buckets.length === 0) return true;
    this.#fill();
    if (this.#buckets.some(({ left, ofBytes }) => left < (ofBytes ? Number.MIN_VALUE : 1))) return false;
    for (const bucket of this.#buckets) bucket.left -= bucket.ofBytes ? bytes : 1;
    return true;
  }

  #fill(): void {
    const now = this.now();
    const seconds = (now - this.#filledAt) / 1000;
    this.#filledAt = now;
    for (const bucket of this.#buckets) {
      bucket.left = Math.min(bucket.perSecond, bucket.left + seconds * bucket.perSecond);
    }
  }
}
