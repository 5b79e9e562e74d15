import { Injectable } from '@nestjs/common';
import { KafkaMetadata } from '#libs/kafka/kafka-metadata.ts';
import type { BrokerNode, PartitionMetadata } from '#libs/kafka/kafka-types.ts';

/** A partition of a topic. */
export interface TopicPartitionMetadata extends PartitionMetadata {
  readonly topic: string;
}

/** Brokers as they are now. */
@Injectable()
export class BrokersService {
  constructor(private readonly metadata: KafkaMetadata) {}

  /** In ascending order of id. @throws {KafkaError} */
  async list(): Promise<readonly BrokerNode[]> {
    return (await this.metadata.cluster()).brokers;
  }

  /** undefined when the cluster has no such broker, or it is down. One request to Kafka. @throws {KafkaError} */
  async get(id: number): Promise<BrokerNode | undefined> {
    return (await this.list()).find((broker) => broker.id === id);
  }

  /** Whether the cluster has such a broker, as far as is known; asked of the cluster when it is not. @throws {KafkaError} */
  async has(id: number): Promise<boolean> {
    if (this.metadata.brokers().some((broker) => broker.id === id)) return true;
    return (await this.get(id)) !== undefined;
  }

  /**
   * Partitions of all topics, internal ones too, that have a replica on a broker, by topic and number. One request to
   * Kafka.
   *
   * @throws {KafkaError}
   */
  async partitionsOn(id: number): Promise<readonly TopicPartitionMetadata[]> {
    const topics = await this.metadata.topics({ includeInternal: true });
    return topics
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap(({ name, partitions }) =>
        partitions
          .filter(({ replicas }) => replicas.includes(id))
          .map((partition) => ({ ...partition, topic: name })),
      );
  }
}
