import type { ConsumerConfig } from '#libs/kafka/kafka-settings.ts';
import type { consumerSettings } from '../schema/consumer-settings.ts';
import type { Findings } from '../schema/findings.ts';
import type { ValuesOf } from '../schema/setting.ts';
import type { RawSettings } from '../sources/raw-settings.ts';

type Values = ValuesOf<typeof consumerSettings>;

/** What consumer instances start from. */
export const consumerConfig = (values: Values, raw: RawSettings, findings: Findings): ConsumerConfig => {
  const heartbeat = raw.get('heartbeat.interval.ms') ?? raw.get('session.timeout.ms');
  if (heartbeat !== undefined && values['heartbeat.interval.ms'] >= values['session.timeout.ms']) {
    findings.problem(heartbeat, 'heartbeat.interval.ms must be less than session.timeout.ms');
  }
  return {
    autoOffsetReset: values['auto.offset.reset'],
    enableAutoCommit: values['enable.auto.commit'],
    autoCommitIntervalMs: values['auto.commit.interval.ms'],
    isolationLevel: values['isolation.level'],
    sessionTimeoutMs: values['session.timeout.ms'],
    heartbeatIntervalMs: values['heartbeat.interval.ms'],
    rebalanceTimeoutMs: values['max.poll.interval.ms'],
    fetchMaxBytes: values['fetch.max.bytes'],
    maxPartitionFetchBytes: values['max.partition.fetch.bytes'],
    fetchMaxWaitMs: values['fetch.max.wait.ms'],
    partitionAssignmentStrategy: values['partition.assignment.strategy'],
    maxPollRecords: values['max.poll.records'],
    defaultApiTimeoutMs: values['default.api.timeout.ms'],
    checkCrcs: values['check.crcs'],
  };
};
