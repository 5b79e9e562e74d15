import type { PartitionMetadata } from '#libs/kafka/kafka-types.ts';
import type { PartitionOffsets } from '#libs/metadata/partitions.service.ts';

export interface PartitionBody {
  readonly partition: number;
  /** -1 while there is none. */
  readonly leader: number;
  readonly replicas: readonly {
    readonly broker: number;
    readonly leader: boolean;
    readonly in_sync: boolean;
  }[];
}

/** A partition as API v2 shows it; the order of fields is that of the wire. */
export function partitionBody(partition: PartitionMetadata): PartitionBody {
  const inSync = new Set(partition.inSyncReplicas);
  return {
    partition: partition.partition,
    leader: partition.leader,
    replicas: partition.replicas.map((broker) => ({
      broker,
      leader: broker === partition.leader,
      in_sync: inSync.has(broker),
    })),
  };
}

/** JSON text: an offset may be larger than a JavaScript number holds. */
export function offsetsJson(offsets: PartitionOffsets): string {
  return `{"beginning_offset":${offsets.beginning},"end_offset":${offsets.end}}`;
}
