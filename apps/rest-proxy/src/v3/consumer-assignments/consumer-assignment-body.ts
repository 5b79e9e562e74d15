import type { TopicPartition } from '#libs/kafka/kafka-types.ts';
import type { ClusterAddress, Related } from '../cluster-address.ts';
import { entityHead, type Entity } from '../entity.ts';

export interface ConsumerAssignmentBody extends Entity<'KafkaConsumerAssignment'> {
  readonly cluster_id: string;
  readonly consumer_group_id: string;
  readonly consumer_id: string;
  readonly topic_name: string;
  readonly partition_id: number;
  readonly partition: Related;
  readonly lag: Related;
}

/** A partition that a member reads, as API v3 shows it; the order of fields is that of the wire. */
export function consumerAssignmentBody(
  groupId: string,
  memberId: string,
  { topic, partition }: TopicPartition,
  address: ClusterAddress,
): ConsumerAssignmentBody {
  const group = ['consumer-groups', groupId] as const;
  const place = [topic, 'partitions', partition] as const;
  return {
    ...entityHead(
      'KafkaConsumerAssignment',
      address.url(...group, 'consumers', memberId, 'assignments', ...place),
      address.resourceName(
        `consumer-group=${groupId}`,
        `consumer=${memberId}`,
        `assignment=${topic}`,
        `partition=${partition}`,
      ),
    ),
    cluster_id: address.clusterId,
    consumer_group_id: groupId,
    consumer_id: memberId,
    topic_name: topic,
    partition_id: partition,
    partition: address.related('topics', ...place),
    lag: address.related(...group, 'lags', ...place),
  };
}
