import type { PartitionMetadata } from '#libs/kafka/kafka-types.ts';
import type { PartitionOffsets } from '#libs/metadata/partitions.service.ts';
import type { ClusterAddress, Related } from '../cluster-address.ts';
import { entityHead, type Entity } from '../entity.ts';

export interface PartitionBody extends Entity<'KafkaPartition'> {
  readonly cluster_id: string;
  readonly topic_name: string;
  readonly partition_id: number;
  /** null while the partition has no leader. */
  readonly leader: Related | null;
  readonly replicas: Related;
  readonly reassignment: Related;
}

/** A partition as API v3 shows it; the order of fields is that of the wire. */
export function partitionBody(
  topic: string,
  { partition, leader }: PartitionMetadata,
  address: ClusterAddress,
): PartitionBody {
  const path = ['topics', topic, 'partitions', partition];
  return {
    ...entityHead(
      'KafkaPartition',
      address.url(...path),
      address.resourceName(`topic=${topic}`, `partition=${partition}`),
    ),
    cluster_id: address.clusterId,
    topic_name: topic,
    partition_id: partition,
    leader: leader < 0 ? null : address.related(...path, 'replicas', leader),
    replicas: address.related(...path, 'replicas'),
    reassignment: address.related(...path, 'reassignment'),
  };
}

/** The first and the next offset of a partition. As text: offsets go beyond what a number of JavaScript holds. */
export function partitionOffsetsJson(
  topic: string,
  partition: number,
  { beginning, end }: PartitionOffsets,
  address: ClusterAddress,
): string {
  const head = {
    ...entityHead(
      'KafkaPartitionWithOffsets',
      address.url('topics', topic, 'partitions', partition, 'offset'),
      address.resourceName(`topic=${topic}`, `partition=${partition}`, 'offset_type=earliest_and_latest'),
    ),
    cluster_id: address.clusterId,
    topic_name: topic,
    partition_id: partition,
  };
  return `${JSON.stringify(head).slice(0, -1)},"earliest_offset":${beginning},"latest_offset":${end}}`;
}
