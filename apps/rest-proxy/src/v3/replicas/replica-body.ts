import type { PartitionMetadata } from '#libs/kafka/kafka-types.ts';
import type { ClusterAddress, Related } from '../cluster-address.ts';
import { entityHead, type Entity } from '../entity.ts';

export interface ReplicaBody extends Entity<'KafkaReplica'> {
  readonly cluster_id: string;
  readonly topic_name: string;
  readonly partition_id: number;
  readonly broker_id: number;
  readonly is_leader: boolean;
  readonly is_in_sync: boolean;
  readonly broker: Related;
}

/** A replica as API v3 shows it; the order of fields is that of the wire. */
export function replicaBody(
  topic: string,
  { partition, leader, inSyncReplicas }: PartitionMetadata,
  broker: number,
  address: ClusterAddress,
): ReplicaBody {
  return {
    ...entityHead(
      'KafkaReplica',
      address.url('topics', topic, 'partitions', partition, 'replicas', broker),
      address.resourceName(`topic=${topic}`, `partition=${partition}`, `replica=${broker}`),
    ),
    cluster_id: address.clusterId,
    topic_name: topic,
    partition_id: partition,
    broker_id: broker,
    is_leader: broker === leader,
    is_in_sync: inSyncReplicas.includes(broker),
    broker: address.related('brokers', broker),
  };
}
