import type { TopicPartition } from '#libs/kafka/kafka-types.ts';

/** A partition as Kafka's messages write it, `t1-0`; tells partitions apart, as the number follows the last hyphen. */
export function partitionKey({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}
