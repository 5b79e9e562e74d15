import type { PartitionLag } from '#libs/metadata/consumer-group-lags.service.ts';
import type { ClusterAddress, Related } from '../cluster-address.ts';
import { entityHead, type Entity } from '../entity.ts';
import { jsonNumber, type JsonNumber } from '../json-number.ts';

export interface LagSummaryBody extends Entity<'KafkaConsumerGroupLagSummary'> {
  readonly cluster_id: string;
  readonly consumer_group_id: string;
  readonly max_lag: JsonNumber;
  readonly total_lag: JsonNumber;
  readonly max_lag_consumer_id: string;
  /** Of all consumers while nobody reads the partition. */
  readonly max_lag_consumer: Related;
  readonly max_lag_client_id: string;
  readonly max_lag_instance_id: string | null;
  readonly max_lag_topic_name: string;
  readonly max_lag_partition_id: number;
  readonly max_lag_partition: Related;
}

/**
 * How far a group is behind, as API v3 shows it; the order of fields is that of the wire.
 *
 * @param lags the largest first
 */
export function lagSummaryBody(
  groupId: string,
  lags: readonly [PartitionLag, ...PartitionLag[]],
  address: ClusterAddress,
): LagSummaryBody {
  const [{ topic, partition, member, lag }] = lags;
  const group = ['consumer-groups', groupId] as const;
  return {
    ...entityHead(
      'KafkaConsumerGroupLagSummary',
      address.url(...group, 'lag-summary'),
      address.resourceName(`consumer-group=${groupId}`, 'lag-summary'),
    ),
    cluster_id: address.clusterId,
    consumer_group_id: groupId,
    max_lag: jsonNumber(lag),
    total_lag: jsonNumber(lags.reduce((sum, one) => sum + one.lag, 0n)),
    max_lag_consumer_id: member?.memberId ?? '',
    max_lag_consumer: address.related(
      ...group,
      'consumers',
      ...(member === undefined ? [] : [member.memberId]),
    ),
    max_lag_client_id: member?.clientId ?? '',
    max_lag_instance_id: member?.instanceId ?? null,
    max_lag_topic_name: topic,
    max_lag_partition_id: partition,
    max_lag_partition: address.related('topics', topic, 'partitions', partition),
  };
}
