import { IllegalStateError } from '#libs/kafka/illegal-state-error.ts';
import type { TopicPartition } from '#libs/kafka/kafka-types.ts';
import { partitionKey } from './partition-key.ts';

/** @throws {IllegalStateError} when one is not among the assigned ones, with the Java client's text */
export function requireAssigned(
  assigned: readonly TopicPartition[],
  partitions: readonly TopicPartition[],
): void {
  const keys = new Set(assigned.map(partitionKey));
  for (const partition of partitions) {
    const key = partitionKey(partition);
    if (!keys.has(key)) throw new IllegalStateError(`No current assignment for partition ${key}`);
  }
}
