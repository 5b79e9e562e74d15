import { Injectable, Optional } from '@nestjs/common';
import { KafkaMeasures } from '#libs/kafka/kafka-measures.ts';
import { Metrics } from './metrics.ts';

/** Requests to brokers. */
@Injectable()
export class KafkaMetrics {
  /** @param measures absent where the client does not measure */
  constructor(metrics: Metrics, @Optional() measures?: KafkaMeasures) {
    metrics.histogram('krest_kafka_request_duration_seconds', () =>
      [...(measures?.requests ?? [])].map(([key, distribution]) => ({
        labels: { api: names.get(key) ?? String(key) },
        distribution,
      })),
    );
    metrics.histogram('krest_produce_batch_records', () =>
      measures === undefined ? [] : [{ labels: {}, distribution: measures.batchRecords }],
    );
  }
}

/** Kafka's names of its requests. */
const names: ReadonlyMap<number, string> = new Map([
  [0, 'Produce'],
  [1, 'Fetch'],
  [2, 'ListOffsets'],
  [3, 'Metadata'],
  [8, 'OffsetCommit'],
  [9, 'OffsetFetch'],
  [10, 'FindCoordinator'],
  [11, 'JoinGroup'],
  [12, 'Heartbeat'],
  [13, 'LeaveGroup'],
  [14, 'SyncGroup'],
  [15, 'DescribeGroups'],
  [16, 'ListGroups'],
  [18, 'ApiVersions'],
  [19, 'CreateTopics'],
  [20, 'DeleteTopics'],
  [21, 'DeleteRecords'],
  [22, 'InitProducerId'],
  [23, 'OffsetForLeaderEpoch'],
  [32, 'DescribeConfigs'],
  [33, 'AlterConfigs'],
  [35, 'DescribeLogDirs'],
  [37, 'CreatePartitions'],
  [42, 'DeleteGroups'],
  [44, 'IncrementalAlterConfigs'],
  [45, 'AlterPartitionReassignments'],
  [46, 'ListPartitionReassignments'],
  [47, 'OffsetDelete'],
  [60, 'DescribeCluster'],
  [69, 'ConsumerGroupDescribe'],
  [75, 'DescribeTopicPartitions'],
]);
