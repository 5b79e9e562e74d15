import type { TopicPartition, TopicPartitionOffset } from '../../kafka-types.ts';
import { PartitionState } from './partition-state.ts';
import type { PollBatch } from './poll-batch.ts';
import { keyOf } from './topic-partitions.ts';

/** The partitions of one consumer, and in which order their records are polled. */
export class AssignedPartitions {
  readonly #states = new Map<string, PartitionState>();
  /** Those with something to poll; the first is polled first. */
  #ready: PartitionState[] = [];

  get states(): Iterable<PartitionState> {
    return this.#states.values();
  }

  get size(): number {
    return this.#states.size;
  }

  list(): TopicPartition[] {
    return [...this.#states.values()].map(({ topic, partition }) => ({ topic, partition }));
  }

  positions(): TopicPartitionOffset[] {
    const positions: TopicPartitionOffset[] = [];
    for (const { topic, partition, position } of this.#states.values())
      if (position !== undefined) positions.push({ topic, partition, offset: position });
    return positions;
  }

  get(partition: TopicPartition): PartitionState | undefined {
    return this.#states.get(keyOf(partition));
  }

  /** Whether a state is the one of a partition assigned now, and not that of an earlier assignment. */
  readonly holds = (state: PartitionState): boolean => this.#states.get(state.key) === state;

  /** Those that are there already stay as they are. @returns the new ones */
  add(partitions: readonly TopicPartition[]): PartitionState[] {
    const added: PartitionState[] = [];
    for (const partition of partitions) {
      const key = keyOf(partition);
      if (this.#states.has(key)) continue;
      const state = new PartitionState(partition);
      this.#states.set(key, state);
      added.push(state);
    }
    return added;
  }

  remove(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#states.delete(keyOf(partition));
    this.#ready = this.#ready.filter(this.holds);
  }

  clear(): void {
    this.#states.clear();
    this.#ready = [];
  }

  dropBuffers(): void {
    for (const state of this.#states.values()) state.dropBuffer();
    this.#ready = this.#ready.filter((state) => state.isReady);
  }

  /** Looks for partitions that have something to poll now. */
  refresh(): void {
    const known = new Set(this.#ready);
    for (const state of this.#states.values())
      if (state.isReady && !known.has(state)) this.#ready.push(state);
  }

  /** These are polled before all others. */
  putFirst(states: readonly PartitionState[]): void {
    const first = new Set(states);
    this.#ready = [...states, ...this.#ready.filter((state) => !first.has(state))];
  }

  /**
   * Moves records into a poll.
   *
   * An error comes when nothing came before it in this poll, and its partition's turn is then last: errors of one
   * partition and records of others alternate.
   *
   * @param isReadable whether a partition may be polled now
   * @returns whether the poll should end here: an error comes next
   * @throws {KafkaError} the error of a partition
   */
  take(batch: PollBatch, isReadable: (state: PartitionState) => boolean): boolean {
    for (let i = 0; i < this.#ready.length && !batch.isFull;) {
      const state = this.#ready[i];
      if (state === undefined) break;
      if (!isReadable(state)) {
        i++;
        continue;
      }
      try {
        batch.takeFrom(state);
      } catch (error) {
        if (!batch.isEmpty) {
          this.putFirst([state]);
          return true;
        }
        state.failureSeen();
        this.#ready.splice(i, 1);
        if (state.isReady) this.#ready.push(state);
        throw error;
      }
      this.#ready.splice(i, 1);
      // What it has left comes after all others, or they would wait for a partition that always has more.
      if (batch.isFull) this.#ready.push(state);
    }
    return false;
  }
}
