import { Distribution, durationBounds } from '#libs/tally/distribution.ts';

/** Requests of one method on one route. */
export class RequestTally {
  bytesIn = 0;
  bytesOut = 0;
  /** Seconds by status. */
  readonly durations = new Map<number, Distribution>();

  constructor(
    readonly method: string,
    readonly route: string,
  ) {}

  observe(status: number, seconds: number): void {
    let durations = this.durations.get(status);
    if (durations === undefined) {
      durations = new Distribution(durationBounds);
      this.durations.set(status, durations);
    }
    durations.observe(seconds);
  }
}
