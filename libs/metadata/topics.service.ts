import { Injectable } from '@nestjs/common';
import type { AclOperation } from '#libs/kafka/acl-types.ts';
import { KafkaAdmin, type ConfigEntry } from '#libs/kafka/kafka-admin.ts';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { KafkaMetadata } from '#libs/kafka/kafka-metadata.ts';
import type { TopicMetadata } from '#libs/kafka/kafka-types.ts';
import { checkTopicName } from '#libs/kafka/topic-name.ts';

/** A topic with all its configuration, defaults included, in the order of names. */
export interface TopicDescription extends TopicMetadata {
  readonly configs: readonly ConfigEntry[];
}

/** A topic, and what the proxy may do with it where that was asked for. */
export interface TopicWithOperations extends TopicMetadata {
  readonly authorizedOperations: readonly AclOperation[];
}

/** Topics as they are now. */
@Injectable()
export class TopicsService {
  constructor(
    private readonly metadata: KafkaMetadata,
    private readonly admin: KafkaAdmin,
  ) {}

  /** Names of all topics but internal ones, in the order of their code units. One request to Kafka. @throws {KafkaError} */
  async names(): Promise<readonly string[]> {
    const topics = await this.metadata.topics();
    return topics.map((topic) => topic.name).sort();
  }

  /**
   * All topics but internal ones, in the order of their names. One request to Kafka, two with operations.
   *
   * @throws {KafkaError}
   */
  async list(options: { readonly withOperations: boolean }): Promise<readonly TopicWithOperations[]> {
    const [topics, operations] = await Promise.all([
      this.metadata.topics(),
      options.withOperations ? this.admin.authorizedOperations() : undefined,
    ]);
    return topics
      .map((topic) => ({ ...topic, authorizedOperations: operations?.get(topic.name) ?? [] }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws {KafkaError} UNKNOWN_TOPIC_OR_PARTITION, INVALID_TOPIC_EXCEPTION, or what else Kafka answers */
  async get(name: string): Promise<TopicMetadata> {
    checkTopicName(name);
    const [topic] = await this.metadata.describeTopics([name]);
    if (topic === undefined) throw KafkaError.of('UNKNOWN_TOPIC_OR_PARTITION');
    return topic;
  }

  /** @throws {KafkaError} as `get` */
  async getWithOperations(name: string): Promise<TopicWithOperations> {
    checkTopicName(name);
    const [topic, operations] = await Promise.all([this.get(name), this.admin.authorizedOperations([name])]);
    return { ...topic, authorizedOperations: operations.get(name) ?? [] };
  }

  /** @throws {KafkaError} as `get` */
  async describe(name: string): Promise<TopicDescription> {
    const topic = await this.get(name);
    const [configs] = await this.admin.describeConfigs([{ type: 'topic', name }]);
    if (configs === undefined) throw KafkaError.of('UNKNOWN_SERVER_ERROR');
    if (configs instanceof KafkaError) throw configs;
    return { ...topic, configs: configs.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
  }

  /** Makes it `count` partitions in all, and gives it as it is then. @throws {KafkaError} as `get`; INVALID_PARTITIONS */
  async setPartitionCount(name: string, count: number): Promise<TopicMetadata> {
    checkTopicName(name);
    await this.admin.createPartitions(name, count);
    return this.get(name);
  }

  /** @throws {KafkaError} as `get` */
  async delete(name: string): Promise<void> {
    checkTopicName(name);
    await this.admin.deleteTopic(name);
  }
}
