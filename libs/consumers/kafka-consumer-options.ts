import type { KafkaConsumerOptions } from '#libs/kafka/kafka-consumer.ts';
import type { ConsumerConfig } from '#libs/kafka/kafka-settings.ts';
import type { ConsumerInstanceOptions } from './consumer-instance-options.ts';
import type { ConsumerInstanceState } from './consumer-registry.ts';
import { groupInstanceId } from './group-instance-id.ts';

/** What the Kafka side of an instance is made with. @param state of whom it continues */
export function kafkaConsumerOptions(
  { autoOffsetReset, group, id }: ConsumerInstanceOptions,
  config: ConsumerConfig,
  state: ConsumerInstanceState | undefined,
): KafkaConsumerOptions {
  return {
    groupId: group,
    groupInstanceId: groupInstanceId(group, id),
    autoOffsetReset,
    isolationLevel: config.isolationLevel,
    sessionTimeoutMs: config.sessionTimeoutMs,
    rebalanceTimeoutMs: config.rebalanceTimeoutMs,
    heartbeatIntervalMs: config.heartbeatIntervalMs,
    fetchMaxBytes: config.fetchMaxBytes,
    maxPartitionFetchBytes: config.maxPartitionFetchBytes,
    partitionAssignmentStrategy: config.partitionAssignmentStrategy,
    ...(state !== undefined && { resume: { positions: state.positions, ...state.membership } }),
  };
}
