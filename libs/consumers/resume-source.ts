import type { KafkaConsumer } from '#libs/kafka/kafka-consumer.ts';
import type { ConsumerInstanceState } from './consumer-registry.ts';
import { partitionKey } from './partition-key.ts';
import { isLegalTopic } from './subscription.ts';
import type { TopicPattern } from './topic-pattern.ts';

/**
 * Makes a new consumer read what another process has read before.
 *
 * A group says itself where to go on, see `KafkaConsumerOptions.resume`; assigned partitions go on at the positions.
 *
 * @param pattern that of the source, if it has one
 */
export function resumeSource(
  consumer: KafkaConsumer,
  { positions, source }: ConsumerInstanceState,
  pattern: TopicPattern | undefined,
): void {
  if (source.kind === 'topics') {
    const legal = source.topics.filter(isLegalTopic);
    if (legal.length > 0) consumer.subscribe(legal);
  } else if (source.kind === 'pattern') {
    if (pattern !== undefined) consumer.subscribePattern(pattern);
  } else if (source.kind === 'assigned') {
    consumer.assign(source.partitions);
    const assigned = new Set(source.partitions.map(partitionKey));
    for (const { topic, partition, offset } of positions) {
      const place = { topic, partition };
      if (assigned.has(partitionKey(place))) consumer.seek(place, offset);
    }
  }
}
