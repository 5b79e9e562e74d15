import { Injectable } from '@nestjs/common';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { KafkaMetadata } from '#libs/kafka/kafka-metadata.ts';
import type { OffsetAndMetadata, TopicPartition, TopicPartitionOffset } from '#libs/kafka/kafka-types.ts';
import type { ConsumerInstance } from './consumer-instance.ts';
import { ConsumersSettings } from './consumers-settings.ts';
import type { Seek } from './seek.ts';

export interface TopicPartitionTimestamp extends TopicPartition {
  readonly timestampMs: bigint;
}

/** What of seeks and commits has to be asked of the cluster first. */
@Injectable()
export class ConsumerOffsets {
  constructor(
    private readonly metadata: KafkaMetadata,
    private readonly settings: ConsumersSettings,
  ) {}

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
    await instance.use(async () => {
      instance.requireAssigned([...offsets, ...timestamps]);
      const found = await this.#lookUp(
        timestamps.map(({ topic, partition, timestampMs }) => ({ topic, partition, spec: { timestampMs } })),
      );
      const late = timestamps.filter((_, index) => found[index] === undefined);
      instance.seek([
        ...offsets.map(({ topic, partition, offset }) => ({ topic, partition, to: offset })),
        ...timestamps.flatMap(({ topic, partition }, index) => {
          const to = found[index];
          return to === undefined ? [] : [{ topic, partition, to }];
        }),
        ...(await this.#ends(late)),
      ]);
    });
    await instance.persist();
  }

  /**
   * Moves positions to the beginning as it is now.
   *
   * @throws as seek
   */
  async seekToBeginning(instance: ConsumerInstance, partitions: readonly TopicPartition[]): Promise<void> {
    await instance.use(async () => {
      instance.requireAssigned(partitions);
      const places = partitions.map(({ topic, partition }) => ({ topic, partition }));
      // Known at once, and not only with the next fetch: whoever goes on with the instance has to know it.
      const found = await this.#lookUp(places.map((place) => ({ ...place, spec: 'earliest' })));
      instance.seek(places.map((place, index) => ({ ...place, to: found[index] ?? 'beginning' })));
    });
    await instance.persist();
  }

  /**
   * Moves positions to the end as it is now: what is written after the call is read.
   *
   * @throws as seek
   */
  async seekToEnd(instance: ConsumerInstance, partitions: readonly TopicPartition[]): Promise<void> {
    await instance.use(async () => {
      instance.requireAssigned(partitions);
      instance.seek(await this.#ends(partitions));
    });
    await instance.persist();
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

  async #ends(partitions: readonly TopicPartition[]): Promise<readonly Seek[]> {
    const places = partitions.map(({ topic, partition }) => ({ topic, partition }));
    if (this.settings.consumer.isolationLevel === 'read_committed') {
      // The end of what is committed is known to the consumer alone; it looks when it fetches.
      return places.map((place) => ({ ...place, to: 'end' }));
    }
    const found = await this.#lookUp(places.map((place) => ({ ...place, spec: 'latest' })));
    return places.map((place, index) => ({ ...place, to: found[index] ?? 'end' }));
  }

  async #lookUp(
    asked: Parameters<KafkaMetadata['listOffsets']>[0],
  ): ReturnType<KafkaMetadata['listOffsets']> {
    return asked.length === 0 ? [] : this.metadata.listOffsets(asked);
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
