import { Distribution, durationBounds } from '#libs/tally/distribution.ts';

/** Reads wait on the broker, and a rebalance may take a minute. */
const requestBounds: readonly number[] = [...durationBounds, 60];
const batchBounds: readonly number[] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000, 10_000];

/** What the clients of this process measure of their requests to brokers. */
export class KafkaMeasures {
  /** Seconds from sending to the answer, by API key. */
  readonly requests = new Map<number, Distribution>();
  /** Records of the batches that were sent, each time they were. */
  readonly batchRecords = new Distribution(batchBounds);

  /** A request was answered, or failed. */
  request(apiKey: number, durationMs: number): void {
    let durations = this.requests.get(apiKey);
    if (durations === undefined) {
      durations = new Distribution(requestBounds);
      this.requests.set(apiKey, durations);
    }
    durations.observe(durationMs / 1000);
  }
}
