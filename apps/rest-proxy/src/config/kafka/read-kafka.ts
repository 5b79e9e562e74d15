import type { KafkaConnectionConfig } from '#libs/kafka/connection-config.ts';
import type { KafkaSettings } from '#libs/kafka/kafka-settings.ts';
import type { Brokers } from './bootstrap-servers.ts';
import type { Findings } from '../schema/findings.ts';
import type { RawSettings } from '../sources/raw-settings.ts';

/** The settings of the three Kafka clients. */
export const readKafka = (servers: Brokers, raw: RawSettings, findings: Findings): KafkaSettings => {
  void raw;
  if (servers.brokers.length === 0) {
    findings.problems.push('bootstrap.servers: required (set KAFKA_REST_BOOTSTRAP_SERVERS)');
  }
  const connection: KafkaConnectionConfig = {
    brokers: servers.brokers,
    clientId: 'kafka-rest',
    tls: undefined,
    sasl: undefined,
    connectTimeoutMs: 10_000,
    requestTimeoutMs: 30_000,
    retryBackoffMs: 100,
    retryBackoffMaxMs: 1_000,
    metadataMaxAgeMs: 300_000,
    connectionsMaxIdleMs: 540_000,
  };
  return {
    admin: connection,
    producer: connection,
    producerConfig: {
      acks: -1,
      compressionType: 'none',
      compressionLevel: undefined,
      lingerMs: 0,
      batchSize: 1_048_576,
      maxRequestSize: 1_048_576,
      requestTimeoutMs: 30_000,
      deliveryTimeoutMs: 120_000,
      maxBlockMs: 60_000,
      bufferMemory: 67_108_864,
      retries: 2 ** 31 - 1,
      enableIdempotence: true,
      maxInFlightRequestsPerConnection: 5,
      partitionerIgnoreKeys: false,
    },
    consumer: connection,
    consumerConfig: {
      autoOffsetReset: 'latest',
      enableAutoCommit: true,
      autoCommitIntervalMs: 5_000,
      isolationLevel: 'read_uncommitted',
      sessionTimeoutMs: 45_000,
      heartbeatIntervalMs: 3_000,
      rebalanceTimeoutMs: 300_000,
      fetchMaxBytes: 1_048_576,
      maxPartitionFetchBytes: 1_048_576,
      fetchMaxWaitMs: 500,
      partitionAssignmentStrategy: ['range', 'cooperative-sticky'],
      maxPollRecords: undefined,
      defaultApiTimeoutMs: 60_000,
      checkCrcs: true,
    },
  };
};
