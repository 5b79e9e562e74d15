import type { GroupDescription } from '#libs/kafka/kafka-groups.ts';
import type { ClusterAddress, Related } from '../cluster-address.ts';
import { entityHead, type Entity } from '../entity.ts';

export interface ConsumerGroupBody extends Entity<'KafkaConsumerGroup'> {
  readonly cluster_id: string;
  readonly consumer_group_id: string;
  readonly is_simple: boolean;
  readonly partition_assignor: string;
  readonly state: string;
  readonly type: string;
  readonly is_mixed_consumer_group: boolean;
  readonly coordinator: Related;
  readonly consumers: Related;
  readonly lag_summary: Related;
}

/** A consumer group as API v3 shows it; the order of fields is that of the wire. */
export function consumerGroupBody(group: GroupDescription, address: ClusterAddress): ConsumerGroupBody {
  const path = ['consumer-groups', group.groupId] as const;
  return {
    ...entityHead(
      'KafkaConsumerGroup',
      address.url(...path),
      address.resourceName(`consumer-group=${group.groupId}`),
    ),
    cluster_id: address.clusterId,
    consumer_group_id: group.groupId,
    is_simple: group.simple,
    partition_assignor: group.assignor,
    state: group.state,
    type: group.type,
    is_mixed_consumer_group: group.mixed,
    coordinator: address.related('brokers', group.coordinator.id),
    consumers: address.related(...path, 'consumers'),
    lag_summary: address.related(...path, 'lag-summary'),
  };
}
