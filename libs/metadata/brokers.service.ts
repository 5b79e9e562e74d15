import { Injectable } from '@nestjs/common';
import { KafkaMetadata } from '#libs/kafka/kafka-metadata.ts';
import type { BrokerNode } from '#libs/kafka/kafka-types.ts';

/** Brokers as they are now. */
@Injectable()
export class BrokersService {
  constructor(private readonly metadata: KafkaMetadata) {}

  /** In ascending order of id. @throws {KafkaError} */
  async list(): Promise<readonly BrokerNode[]> {
    return (await this.metadata.cluster()).brokers;
  }
}
