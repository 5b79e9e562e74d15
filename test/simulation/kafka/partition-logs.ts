import type { ConsumerRecord } from '#libs/kafka/kafka-types.ts';
import type { Scheduler } from '../engine/scheduler.ts';

export interface FetchFrom {
  readonly partition: number;
  readonly offset: number;
}

/** The one topic: records by partition. A record's value says where it is. */
export class PartitionLogs {
  readonly #ends: number[];
  readonly #waiting = new Set<() => void>();

  constructor(
    readonly topic: string,
    readonly partitions: number,
    private readonly scheduler: Scheduler,
  ) {
    this.#ends = Array.from({ length: partitions }, () => 0);
  }

  /** The offset that comes next. */
  end(partition: number): number {
    return this.#ends[partition] ?? 0;
  }

  /** @returns the offset of the record */
  append(partition: number): number {
    const offset = this.end(partition);
    this.#ends[partition] = offset + 1;
    for (const wake of this.#waiting) wake();
    return offset;
  }

  /** Records from there on; waits for the first. */
  async fetch(from: readonly FetchFrom[], mostRecords: number, waitMs: number): Promise<ConsumerRecord[]> {
    const found = this.#read(from, mostRecords);
    if (found.length > 0 || waitMs <= 0) return found;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        cancel();
        resolve();
      };
      const cancel = this.scheduler.after(waitMs, wake);
      this.#waiting.add(wake);
    });
    return this.#read(from, mostRecords);
  }

  #read(from: readonly FetchFrom[], mostRecords: number): ConsumerRecord[] {
    const records: ConsumerRecord[] = [];
    for (const { offset, partition } of from) {
      for (let at = offset; at < this.end(partition) && records.length < mostRecords; at++) {
        records.push(this.#record(partition, at));
      }
    }
    return records;
  }

  #record(partition: number, offset: number): ConsumerRecord {
    const value = Buffer.from(`${partition}@${offset}`);
    return {
      topic: this.topic,
      partition,
      offset: BigInt(offset),
      timestamp: 0n,
      key: null,
      value,
      headers: [],
    };
  }
}
