import type {
  BrokerNode,
  ClusterDescription,
  OffsetSpec,
  TopicMetadata,
  TopicPartition,
} from './kafka-types.ts';

/** What the cluster looks like: cached, refreshed on errors and by age. */
export abstract class KafkaMetadata {
  /**
   * A topic from the cache, or from the cluster when it is not there.
   *
   * @returns undefined when the topic does not exist
   * @throws {KafkaError} INVALID_TOPIC_EXCEPTION, TOPIC_AUTHORIZATION_FAILED, or a network error
   */
  abstract topic(name: string): Promise<TopicMetadata | undefined>;

  /** All topics that the proxy may see, by name in no promised order, asked of the cluster each time. */
  abstract topics(options?: { readonly includeInternal?: boolean }): Promise<readonly TopicMetadata[]>;

  /** Topics asked of the cluster now; those that do not exist are left out. @throws {KafkaError} */
  abstract describeTopics(names: readonly string[]): Promise<readonly TopicMetadata[]>;

  abstract cluster(): Promise<ClusterDescription>;

  /** The cluster as it last answered, without asking; undefined before the first answer. */
  abstract known(): ClusterDescription | undefined;

  /** The brokers known now, without asking. */
  abstract brokers(): readonly BrokerNode[];

  /**
   * Offsets of partitions, one request a broker.
   *
   * @returns per partition in order; undefined where a timestamp has no record at or after it
   * @throws {KafkaError} UNKNOWN_TOPIC_OR_PARTITION and what else a broker answers
   */
  abstract listOffsets(
    partitions: readonly (TopicPartition & { readonly spec: OffsetSpec })[],
  ): Promise<readonly (bigint | undefined)[]>;

  /** Milliseconds since the cluster last answered a metadata request; Infinity before the first. */
  abstract ageMs(): number;

  /** Asks the cluster now. @throws {KafkaError} when no broker answers */
  abstract refresh(): Promise<void>;
}
