import type { GroupMember } from '#libs/kafka/kafka-groups.ts';
import type { ClusterAddress, Related } from '../cluster-address.ts';
import { entityHead, type Entity } from '../entity.ts';

export interface ConsumerBody extends Entity<'KafkaConsumer'> {
  readonly cluster_id: string;
  readonly consumer_group_id: string;
  readonly consumer_id: string;
  readonly instance_id: string | null;
  readonly client_id: string;
  readonly assignments: Related;
}

/** A member of a consumer group as API v3 shows it; the order of fields is that of the wire. */
export function consumerBody(groupId: string, member: GroupMember, address: ClusterAddress): ConsumerBody {
  const path = ['consumer-groups', groupId, 'consumers', member.memberId] as const;
  return {
    ...entityHead(
      'KafkaConsumer',
      address.url(...path),
      address.resourceName(`consumer-group=${groupId}`, `consumer=${member.memberId}`),
    ),
    cluster_id: address.clusterId,
    consumer_group_id: groupId,
    consumer_id: member.memberId,
    instance_id: member.instanceId,
    client_id: member.clientId,
    assignments: address.related(...path, 'assignments'),
  };
}
