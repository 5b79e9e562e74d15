import type { AclOperation } from './acl-types.ts';
import type { KafkaError } from './kafka-error.ts';
import type { TopicPartition } from './kafka-types.ts';

/** Where a value comes from. */
export type ConfigSource =
  | 'DYNAMIC_TOPIC_CONFIG'
  | 'DYNAMIC_BROKER_LOGGER_CONFIG'
  | 'DYNAMIC_BROKER_CONFIG'
  | 'DYNAMIC_DEFAULT_BROKER_CONFIG'
  | 'DYNAMIC_GROUP_CONFIG'
  | 'STATIC_BROKER_CONFIG'
  | 'DEFAULT_CONFIG'
  | 'UNKNOWN';

/** A value that stands behind another, from the one in force down to the default. */
export interface ConfigSynonym {
  readonly name: string;
  readonly value: string | null;
  readonly source: ConfigSource;
}

/** One configuration entry of a topic, a broker or all brokers. */
export interface ConfigEntry {
  readonly name: string;
  /** null when sensitive or unset. */
  readonly value: string | null;
  readonly readOnly: boolean;
  readonly sensitive: boolean;
  readonly source: ConfigSource;
  readonly synonyms: readonly ConfigSynonym[];
}

/** What has configuration; `brokers` stands for the dynamic defaults of all brokers. */
export type ConfigResource =
  | { readonly type: 'topic'; readonly name: string }
  | { readonly type: 'broker'; readonly id: number }
  | { readonly type: 'brokers' };

/** Sets one entry, or takes it back to its default. */
export type ConfigChange =
  | { readonly name: string; readonly operation: 'SET'; readonly value: string | null }
  | { readonly name: string; readonly operation: 'DELETE' };

/** All changes of one resource are made, or none. */
export interface ConfigChanges {
  readonly resource: ConfigResource;
  readonly changes: readonly ConfigChange[];
}

export interface NewTopic {
  readonly name: string;
  /** -1 for the default of the brokers; so where `assignments` is given. */
  readonly partitions: number;
  /** As `partitions`. */
  readonly replicationFactor: number;
  /** Brokers by partition; empty to let Kafka choose. */
  readonly assignments: ReadonlyMap<number, readonly number[]>;
  readonly configs: readonly { readonly name: string; readonly value: string | null }[];
}

/** A topic as it was created; undefined where Kafka does not tell us. */
export interface CreatedTopic {
  readonly partitions: number | undefined;
  readonly replicationFactor: number | undefined;
}

/** A partition that is moving from some brokers to others. */
export interface Reassignment extends TopicPartition {
  readonly addingReplicas: readonly number[];
  readonly removingReplicas: readonly number[];
}

/** Where the replicas of a partition are to be; null ends a move that is under way. */
export interface ReassignmentChange extends TopicPartition {
  readonly replicas: readonly number[] | null;
}

export interface TryOnly {
  /** Kafka says what would happen, and nothing does. */
  readonly validateOnly?: boolean;
}

/** Administration of the cluster. Calls end within `request.timeout.ms`, attempts after a lost leader included. */
export abstract class KafkaAdmin {
  /**
   * All configuration of some resources, defaults included; of `brokers` what is set only.
   *
   * One request for all topics and one for each broker; hundreds of topics are shared out among several requests.
   *
   * @returns in the order of the resources, each in no promised order of names, or why it cannot be told
   * @throws {KafkaError} when there is no answer at all
   */
  abstract describeConfigs(
    resources: readonly ConfigResource[],
  ): Promise<readonly (readonly ConfigEntry[] | KafkaError)[]>;

  /**
   * Changes some entries and leaves the others.
   *
   * @returns in the order of the changes, undefined for success
   * @throws {KafkaError} when there is no answer at all
   */
  abstract alterConfigs(
    changes: readonly ConfigChanges[],
    options?: TryOnly,
  ): Promise<readonly (KafkaError | undefined)[]>;

  /**
   * When it returns, the topic can be seen by the broker that is asked for metadata.
   *
   * @throws {KafkaError} TOPIC_ALREADY_EXISTS, INVALID_PARTITIONS, INVALID_CONFIG, … with the broker's text
   */
  abstract createTopic(topic: NewTopic, options?: TryOnly): Promise<CreatedTopic>;

  /** Makes it `count` partitions in all. @throws {KafkaError} INVALID_PARTITIONS when that is no increase */
  abstract createPartitions(topic: string, count: number): Promise<void>;

  /** @throws {KafkaError} UNKNOWN_TOPIC_OR_PARTITION, TOPIC_DELETION_DISABLED, … */
  abstract deleteTopic(topic: string): Promise<void>;

  /**
   * What the proxy's identity may do with topics.
   *
   * @param topics undefined for all
   * @returns by name; topics that are not there are left out
   */
  abstract authorizedOperations(
    topics?: readonly string[],
  ): Promise<ReadonlyMap<string, readonly AclOperation[]>>;

  /** Reassignments under way. @param partitions undefined for all */
  abstract listReassignments(partitions?: readonly TopicPartition[]): Promise<readonly Reassignment[]>;

  /**
   * Moves partitions to other brokers, or ends that; one request for all. Each partition is on its own.
   *
   * @param changes each partition once
   * @returns in the order of the changes, undefined where it was accepted
   * @throws {KafkaError} when there is no answer at all, or one that is about all of them
   */
  abstract alterReassignments(
    changes: readonly ReassignmentChange[],
  ): Promise<readonly (KafkaError | undefined)[]>;
}
