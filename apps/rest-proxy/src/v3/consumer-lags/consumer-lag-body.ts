import type { PartitionLag } from '#libs/metadata/consumer-group-lags.service.ts';
import type { ClusterAddress } from '../cluster-address.ts';
import { entityHead, type Entity } from '../entity.ts';
import { jsonNumber, type JsonNumber } from '../json-number.ts';

export interface ConsumerLagBody extends Entity<'KafkaConsumerLag'> {
  readonly cluster_id: string;
  readonly consumer_group_id: string;
  readonly topic_name: string;
  readonly partition_id: number;
  /** "" while nobody reads the partition; so `client_id`. */
  readonly consumer_id: string;
  readonly instance_id: string | null;
  readonly client_id: string;
  readonly current_offset: JsonNumber;
  readonly log_end_offset: JsonNumber;
  readonly lag: JsonNumber;
}

/** How far a group is behind in a partition, as API v3 shows it; the order of fields is that of the wire. */
export function consumerLagBody(
  groupId: string,
  lag: PartitionLag,
  address: ClusterAddress,
): ConsumerLagBody {
  const { topic, partition, member } = lag;
  return {
    ...entityHead(
      'KafkaConsumerLag',
      address.url('consumer-groups', groupId, 'lags', topic, 'partitions', partition),
      address.resourceName(`consumer-group=${groupId}`, `lag=${topic}`, `partition=${partition}`),
    ),
    cluster_id: address.clusterId,
    consumer_group_id: groupId,
    topic_name: topic,
    partition_id: partition,
    consumer_id: member?.memberId ?? '',
    instance_id: member?.instanceId ?? null,
    client_id: member?.clientId ?? '',
    current_offset: jsonNumber(lag.current),
    log_end_offset: jsonNumber(lag.end),
    lag: jsonNumber(lag.lag),
  };
}
