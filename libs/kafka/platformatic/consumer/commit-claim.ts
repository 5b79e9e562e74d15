import type { TopicPartition } from '../../kafka-types.ts';
import type { AssignedPartitions } from './assigned-partitions.ts';
import type { PartitionState } from './partition-state.ts';

/** Whether offsets may still be committed after a commit has waited for a rebalance: nobody else can have gone on. */
export class CommitClaim {
  readonly #assigned: AssignedPartitions;
  readonly #generationId: number;
  readonly #states: readonly (readonly [TopicPartition, PartitionState | undefined])[];

  /** @param generationId the one in which the offsets were reached, -1 before the first */
  constructor(assigned: AssignedPartitions, partitions: readonly TopicPartition[], generationId: number) {
    this.#assigned = assigned;
    this.#generationId = generationId;
    this.#states = partitions.map((one) => [one, assigned.get(one)]);
  }

  stillHolds(generationId: number): boolean {
    if (this.#generationId < 0 || generationId === this.#generationId) return true;
    // Between one generation and the next a partition has no other owner.
    const isNext = generationId === this.#generationId + 1;
    return this.#states.every(([partition, before]) => {
      const now = this.#assigned.get(partition);
      return now !== undefined && (isNext || now === before);
    });
  }
}
