/**
 * How often a number was how large: what a histogram is made of when somebody asks.
 *
 * Observing is a few comparisons and two additions, so that it can be done for every request.
 */
export class Distribution {
  /** How many were at most as large as the bound at the same place and larger than the one before; the last had none. */
  readonly counts: Float64Array;
  sum = 0;

  /** @param bounds ascending */
  constructor(readonly bounds: readonly number[]) {
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const { bounds, counts } = this;
    let place = 0;
    while (value > (bounds[place] ?? Infinity)) place++;
    counts[place] = (counts[place] ?? 0) + 1;
    this.sum += value;
  }
}

/** Bounds in seconds, from half a millisecond to half a minute. */
export const durationBounds: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];
