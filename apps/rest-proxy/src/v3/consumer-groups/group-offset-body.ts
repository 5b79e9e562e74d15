import type { ChangedOffset } from '#libs/metadata/consumer-group-changes.service.ts';
import type { ClusterAddress } from '../cluster-address.ts';
import { entityHead, type Entity } from '../entity.ts';
import { jsonNumber, type JsonNumber } from '../json-number.ts';

export interface GroupOffsetBody extends Entity<'KafkaConsumerGroupOffset'> {
  readonly cluster_id: string;
  readonly consumer_group_id: string;
  readonly topic_name: string;
  readonly partition_id: number;
  readonly previous_offset: JsonNumber | null;
  readonly current_offset: JsonNumber;
}

/** Where a group reads on in a partition; it is to be looked at with its lag. */
export function groupOffsetBody(
  groupId: string,
  { topic, partition, previous, offset }: ChangedOffset,
  address: ClusterAddress,
): GroupOffsetBody {
  return {
    ...entityHead(
      'KafkaConsumerGroupOffset',
      address.url('consumer-groups', groupId, 'lags', topic, 'partitions', partition),
      address.resourceName(`consumer-group=${groupId}`, `lag=${topic}`, `partition=${partition}`),
    ),
    cluster_id: address.clusterId,
    consumer_group_id: groupId,
    topic_name: topic,
    partition_id: partition,
    previous_offset: previous === undefined ? null : jsonNumber(previous),
    current_offset: jsonNumber(offset),
  };
}
