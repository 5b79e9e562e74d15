import { Injectable } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { KafkaMetadata } from '#libs/kafka/kafka-metadata.ts';
import type { PartitionMetadata } from '#libs/kafka/kafka-types.ts';
import { TopicsService } from './topics.service.ts';

/** The first offset still there, and the one that the next record gets. */
export interface PartitionOffsets {
  readonly beginning: bigint;
  readonly end: bigint;
}

/** Partitions as they are now. */
@Injectable()
export class PartitionsService {
  constructor(
    private readonly topics: TopicsService,
    private readonly metadata: KafkaMetadata,
  ) {}

  /** In ascending order. @throws {KafkaError} as TopicsService.get */
  async list(topic: string): Promise<readonly PartitionMetadata[]> {
    return (await this.topics.get(topic)).partitions;
  }

  /**
   * @throws {RestError} 40402 when the topic has no such partition
   * @throws {KafkaError} as `list`
   */
  async get(topic: string, partition: number): Promise<PartitionMetadata> {
    const partitions = await this.list(topic);
    const found = partitions.find((candidate) => candidate.partition === partition);
    if (found === undefined) throw restErrors.partitionNotFound();
    return found;
  }

  /**
   * Without regard to transactions: what is written and not yet committed counts.
   *
   * @throws {RestError} 40402 when the topic has no such partition
   * @throws {KafkaError} as `list`; LEADER_NOT_AVAILABLE and the like while it cannot be asked
   */
  async offsets(topic: string, partition: number): Promise<PartitionOffsets> {
    await this.get(topic, partition);
    const [beginning, end] = await this.metadata.listOffsets([
      { topic, partition, spec: 'earliest' },
      { topic, partition, spec: 'latest' },
    ]);
    return { beginning: beginning ?? 0n, end: end ?? 0n };
  }
}
