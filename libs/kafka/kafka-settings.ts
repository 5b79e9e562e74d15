import type { KafkaConnectionConfig, ProducerConfig } from './connection-config.ts';
import type { AutoOffsetReset, IsolationLevel } from './kafka-types.ts';

/** What consumer instances start from; a request sets some of it for itself. Named after Kafka's settings. */
export interface ConsumerConfig {
  readonly autoOffsetReset: AutoOffsetReset;
  readonly enableAutoCommit: boolean;
  readonly autoCommitIntervalMs: number;
  readonly isolationLevel: IsolationLevel;
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly fetchMaxBytes: number;
  readonly maxPartitionFetchBytes: number;
  readonly fetchMaxWaitMs: number;
  readonly partitionAssignmentStrategy: readonly string[];
  /** Most records one read returns; undefined for no limit but bytes. */
  readonly maxPollRecords: number | undefined;
  /** How long a commit may take, retries included. */
  readonly defaultApiTimeoutMs: number;
  /** Whether fetched batches are checked against their CRC. */
  readonly checkCrcs: boolean;
}

/** Everything that libs/kafka needs: one connection a role, because each may have an identity of its own. */
export interface KafkaSettings {
  readonly admin: KafkaConnectionConfig;
  readonly producer: KafkaConnectionConfig;
  readonly producerConfig: ProducerConfig;
  readonly consumer: KafkaConnectionConfig;
  readonly consumerConfig: ConsumerConfig;
}
