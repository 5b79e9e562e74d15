import { Injectable } from '@nestjs/common';
import { KafkaMetadata } from '#libs/kafka/kafka-metadata.ts';
import type { ClusterDescription } from '#libs/kafka/kafka-types.ts';

/** The clusters that the proxy serves: one. */
@Injectable()
export class ClustersService {
  constructor(private readonly metadata: KafkaMetadata) {}

  /** @throws {KafkaError} */
  async list(): Promise<readonly ClusterDescription[]> {
    return [await this.metadata.cluster()];
  }

  /** undefined for any id but that of the connected cluster. @throws {KafkaError} */
  async get(clusterId: string): Promise<ClusterDescription | undefined> {
    const cluster = await this.metadata.cluster();
    return cluster.clusterId === clusterId ? cluster : undefined;
  }

  /**
   * Whether it is the id of the connected cluster.
   *
   * Kafka is asked before the first answer only: the id of a cluster does not change, and metadata that is refreshed
   * every few seconds notices when another cluster stands in its place.
   *
   * @throws {KafkaError}
   */
  async has(clusterId: string): Promise<boolean> {
    const cluster = this.metadata.known() ?? (await this.metadata.cluster());
    return cluster.clusterId === clusterId;
  }
}
