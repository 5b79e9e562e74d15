import type { AclOperation } from '#libs/kafka/acl-types.ts';
import type { ClusterAddress, Related } from '../cluster-address.ts';
import { entityHead, type Entity } from '../entity.ts';

/** What of a topic is shown. */
export interface ShownTopic {
  readonly name: string;
  readonly internal: boolean;
  readonly replicationFactor: number;
  readonly partitionsCount: number;
  /** Empty where nobody asked. */
  readonly authorizedOperations: readonly AclOperation[];
}

export interface TopicBody extends Entity<'KafkaTopic'> {
  readonly cluster_id: string;
  readonly topic_name: string;
  readonly is_internal: boolean;
  readonly replication_factor: number;
  readonly partitions_count: number;
  readonly partitions: Related;
  readonly configs: Related;
  readonly partition_reassignments: Related;
  readonly authorized_operations: readonly AclOperation[];
}

/** A topic as API v3 shows it; the order of fields is that of the wire. */
export function topicBody(topic: ShownTopic, address: ClusterAddress): TopicBody {
  const { name } = topic;
  return {
    ...entityHead('KafkaTopic', address.url('topics', name), address.resourceName(`topic=${name}`)),
    cluster_id: address.clusterId,
    topic_name: name,
    is_internal: topic.internal,
    replication_factor: topic.replicationFactor,
    partitions_count: topic.partitionsCount,
    partitions: address.related('topics', name, 'partitions'),
    configs: address.related('topics', name, 'configs'),
    partition_reassignments: address.related('topics', name, 'partitions', '-', 'reassignment'),
    authorized_operations: topic.authorizedOperations,
  };
}

/** What of a topic's metadata is shown. */
export function shownTopic(topic: {
  readonly name: string;
  readonly internal: boolean;
  readonly partitions: readonly { readonly replicas: readonly number[] }[];
  readonly authorizedOperations?: readonly AclOperation[];
}): ShownTopic {
  return {
    name: topic.name,
    internal: topic.internal,
    replicationFactor: topic.partitions[0]?.replicas.length ?? 0,
    partitionsCount: topic.partitions.length,
    authorizedOperations: topic.authorizedOperations ?? [],
  };
}
