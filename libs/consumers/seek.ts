import type { TopicPartition } from '#libs/kafka/kafka-types.ts';

/** Where a partition is to be read from now on. */
export interface Seek extends TopicPartition {
  readonly to: bigint | 'beginning' | 'end';
}
