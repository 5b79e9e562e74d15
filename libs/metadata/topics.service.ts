import { Injectable } from '@nestjs/common';
import { KafkaAdmin, type ConfigEntry } from '#libs/kafka/kafka-admin.ts';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { KafkaMetadata } from '#libs/kafka/kafka-metadata.ts';
import type { TopicMetadata } from '#libs/kafka/kafka-types.ts';
import { checkTopicName } from '#libs/kafka/topic-name.ts';

/** A topic with all its configuration, defaults included, in the order of names. */
export interface TopicDescription extends TopicMetadata {
  readonly configs: readonly ConfigEntry[];
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

  /** @throws {KafkaError} UNKNOWN_TOPIC_OR_PARTITION, INVALID_TOPIC_EXCEPTION, or what else Kafka answers */
  async get(name: string): Promise<TopicMetadata> {
    checkTopicName(name);
    const [topic] = await this.metadata.describeTopics([name]);
    if (topic === undefined) throw KafkaError.of('UNKNOWN_TOPIC_OR_PARTITION');
    return topic;
  }

  /** @throws {KafkaError} as `get` */
  async describe(name: string): Promise<TopicDescription> {
    const topic = await this.get(name);
    const configs = await this.admin.describeTopicConfigs(name);
    return { ...topic, configs: configs.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
  }
}
