import type { PollOptions } from '../../kafka-consumer.ts';
import type { ConsumerRecord } from '../../kafka-types.ts';
import type { PartitionState } from './partition-state.ts';
import { byTopicPartition } from './topic-partitions.ts';

interface Segment {
  readonly state: PartitionState;
  readonly version: number;
  readonly from: number;
  readonly to: number;
}

/** Where a partition was read before a poll took records of it. */
interface Start {
  readonly version: number;
  readonly cursor: bigint;
  readonly firstOffset: bigint;
}

/** What one poll collects. Until `settle` nothing counts as polled; what a seek or a revocation overtakes drops out. */
export class PollBatch {
  readonly #options: PollOptions;
  readonly #starts = new Map<PartitionState, Start>();
  #segments: Segment[] = [];
  #records: ConsumerRecord[] = [];
  #bytes = 0;
  #isFull = false;

  constructor(options: PollOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#records.length === 0;
  }

  /** Another record would be too much. */
  get isFull(): boolean {
    return this.#isFull || this.#records.length >= (this.#options.maxRecords ?? Infinity);
  }

  /** There is what the poll was asked to wait for. */
  get isEnough(): boolean {
    return this.isFull || (this.#records.length > 0 && this.#bytes >= this.#options.minBytes);
  }

  /** Bytes that are still to be waited for. */
  get missingBytes(): number {
    return Math.max(1, Math.min(this.#options.minBytes, this.#options.maxBytes) - this.#bytes);
  }

  /** Takes what is there and fits. @throws {KafkaError} that of the partition; what came before is kept */
  takeFrom(state: PartitionState): void {
    const { version } = state;
    const from = this.#records.length;
    const { maxBytes, sizeOf = sizeOfRecord } = this.#options;
    try {
      while (!this.isFull) {
        const cursor = state.cursor;
        const record = state.next();
        if (record === undefined || cursor === undefined) break;
        const size = sizeOf(record);
        if (this.#records.length > 0 && this.#bytes + size > maxBytes) {
          state.giveBack([record], cursor);
          this.#isFull = true;
          break;
        }
        const start = this.#starts.get(state);
        if (start?.version !== version)
          this.#starts.set(state, { version, cursor, firstOffset: record.offset });
        this.#records.push(record);
        this.#bytes += size;
        if (this.#bytes >= maxBytes) this.#isFull = true;
      }
    } finally {
      this.#segments.push({ state, version, from, to: this.#records.length });
    }
  }

  /** Ends the poll: its records count as polled. Forgets them. */
  settle(isAssigned: (state: PartitionState) => boolean): readonly ConsumerRecord[] {
    const segments = this.#segments;
    let records = this.#records;
    this.#segments = [];
    this.#records = [];
    const valid = segments.filter(({ state, version }) => state.version === version && isAssigned(state));
    if (valid.length < segments.length) records = valid.flatMap(({ from, to }) => records.slice(from, to));
    for (const { state } of valid) state.settle();
    return records;
  }

  /** Gives everything back, as if there had been no poll. @returns the partitions that have some again, in order */
  undo(isAssigned: (state: PartitionState) => boolean): readonly PartitionState[] {
    const records = this.#records;
    // Where there was nothing for users, the reading has got on all the same.
    const passed = this.#segments.filter(
      ({ state, version }) => state.version === version && this.#starts.get(state)?.version !== version,
    );
    for (const { state } of passed) if (isAssigned(state)) state.settle();
    this.#records = [];
    this.#segments = [];
    return this.giveBack(records, isAssigned);
  }

  /** Gives back records of this poll, all of them or the tail. @returns the partitions that have some again, in order */
  giveBack(
    records: readonly ConsumerRecord[],
    isAssigned: (state: PartitionState) => boolean,
  ): readonly PartitionState[] {
    const states = new Map([...this.#starts.keys()].map((state) => [state.key, state]));
    const touched: PartitionState[] = [];
    for (const [key, own] of byTopicPartition(records)) {
      const state = states.get(key);
      const start = state === undefined ? undefined : this.#starts.get(state);
      const [first] = own;
      if (state === undefined || start === undefined || first === undefined) continue;
      if (state.version !== start.version || !isAssigned(state)) continue;
      state.giveBack(own, first.offset === start.firstOffset ? start.cursor : first.offset);
      state.settle();
      touched.push(state);
    }
    return touched;
  }
}

function sizeOfRecord({ key, value }: ConsumerRecord): number {
  return (key?.length ?? 0) + (value?.length ?? 0);
}
