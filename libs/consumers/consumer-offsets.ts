import { Injectable } from '@nestjs/common';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { KafkaMetadata } from '#libs/kafka/kafka-metadata.ts';
import type { OffsetAndMetadata, TopicPartition, TopicPartitionOffset } from '#libs/kafka/kafka-types.ts';
import type { ConsumerInstance, Seek } from './consumer-instance.ts';

export interface TopicPartitionTimestamp extends TopicPartition {
  readonly timestampMs: bigint;
}

/** What of seeks and commits has to be asked of the cluster first. */
@Injectable()
export class ConsumerOffsets {
  constructor(private readonly metadata: KafkaMetadata) {}

  /**
   * Moves positions to offsets, and to the first record at or after a time: the end where there is none. All or none.
   *
   * @throws {IllegalStateError} when a partition is not assigned
   * @throws {KafkaError} when the times cannot be looked up
   */
  async seek(
    instance: ConsumerInstance,
    offsets: readonly TopicPartitionOffset[],
    timestamps: readonly TopicPartitionTimestamp[],
  ): Promise<void> {
    instance.requireAssigned([...offsets, ...timestamps]);
    const found =
      timestamps.length === 0
        ? []
        : await this.metadata.listOffsets(
            timestamps.map(({ topic, partition, timestampMs }) => ({
              topic,
              partition,
              spec: { timestampMs },
            })),
          );
    const seeks: Seek[] = offsets.map(({ topic, partition, offset }) => ({ topic, partition, to: offset }));
    for (const [index, { topic, partition }] of timestamps.entries()) {
      seeks.push({ topic, partition, to: found[index] ?? 'end' });
    }
    instance.seek(seeks);
  }

  /**
   * Commits what the client says, whether the partitions are its own or not.
   *
   * @throws {KafkaError} UNKNOWN_TOPIC_OR_PARTITION at once when one does not exist; what the group coordinator says
   */
  async commit(instance: ConsumerInstance, offsets: readonly OffsetAndMetadata[]): Promise<void> {
    await this.#requireExisting(offsets);
    await instance.commit(offsets);
  }

  async #requireExisting(partitions: readonly TopicPartition[]): Promise<void> {
    const topics = [...new Set(partitions.map(({ topic }) => topic))];
    const known = await Promise.all(topics.map((topic) => this.metadata.topic(topic)));
    const countOf = new Map(known.map((topic, index) => [topics[index], topic?.partitions.length ?? 0]));
    const missing = partitions.filter(({ topic, partition }) => partition >= (countOf.get(topic) ?? 0));
    if (missing.length === 0) return;
    // Partitions may have been added since the metadata was fetched.
    const now = await this.metadata.describeTopics([...new Set(missing.map(({ topic }) => topic))]);
    for (const { topic, partition } of missing) {
      const count = now.find(({ name }) => name === topic)?.partitions.length ?? 0;
      if (partition >= count) {
        throw KafkaError.of(
          'UNKNOWN_TOPIC_OR_PARTITION',
          `This server does not host topic-partition ${partition} for topic ${topic}`,
        );
      }
    }
  }
}
