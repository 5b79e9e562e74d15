import type { ClusterDescription } from '#libs/kafka/kafka-types.ts';
import type { ClusterAddress, Related } from '../cluster-address.ts';
import { entityHead, type Entity } from '../entity.ts';

export interface ClusterBody extends Entity<'KafkaCluster'> {
  readonly cluster_id: string;
  /** null while the cluster has no controller. */
  readonly controller: Related | null;
  readonly acls: Related;
  readonly brokers: Related;
  readonly broker_configs: Related;
  readonly consumer_groups: Related;
  readonly topics: Related;
  readonly partition_reassignments: Related;
}

/** A cluster as API v3 shows it; the order of fields is that of the wire. */
export function clusterBody(cluster: ClusterDescription, address: ClusterAddress): ClusterBody {
  return {
    ...entityHead('KafkaCluster', address.url(), address.resourceName()),
    cluster_id: cluster.clusterId,
    controller: cluster.controllerId < 0 ? null : address.related('brokers', cluster.controllerId),
    acls: address.related('acls'),
    brokers: address.related('brokers'),
    broker_configs: address.related('broker-configs'),
    consumer_groups: address.related('consumer-groups'),
    topics: address.related('topics'),
    partition_reassignments: address.related('topics', '-', 'partitions', '-', 'reassignment'),
  };
}
