import type { Reassignment } from '#libs/kafka/kafka-admin.ts';
import type { ClusterAddress, Related } from '../cluster-address.ts';
import { entityHead, type Entity } from '../entity.ts';

/** How a reassignment is called in its links: lists of the original say the second. */
export type ReassignmentNoun = 'reassignment' | 'reassignments';

export interface ReassignmentBody extends Entity<'KafkaReassignment'> {
  readonly cluster_id: string;
  readonly topic_name: string;
  readonly partition_id: number;
  readonly adding_replicas: readonly number[];
  readonly removing_replicas: readonly number[];
  readonly replicas: Related;
}

/** A reassignment as API v3 shows it; the order of fields is that of the wire. */
export function reassignmentBody(
  { topic, partition, addingReplicas, removingReplicas }: Reassignment,
  noun: ReassignmentNoun,
  address: ClusterAddress,
): ReassignmentBody {
  const path = ['topics', topic, 'partitions', partition];
  return {
    ...entityHead(
      'KafkaReassignment',
      address.url(...path, noun),
      address.resourceName(`topic=${topic}`, `partition=${partition}`, noun),
    ),
    cluster_id: address.clusterId,
    topic_name: topic,
    partition_id: partition,
    adding_replicas: addingReplicas,
    removing_replicas: removingReplicas,
    replicas: address.related(...path, 'replicas'),
  };
}
