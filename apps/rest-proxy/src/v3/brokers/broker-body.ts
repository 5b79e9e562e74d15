import type { BrokerNode } from '#libs/kafka/kafka-types.ts';
import type { ClusterAddress, Related } from '../cluster-address.ts';
import { entityHead, type Entity } from '../entity.ts';

export interface BrokerBody extends Entity<'KafkaBroker'> {
  readonly cluster_id: string;
  readonly broker_id: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
  readonly configs: Related;
  readonly partition_replicas: Related;
}

/** A broker as API v3 shows it; the order of fields is that of the wire. */
export function brokerBody({ id, host, port, rack }: BrokerNode, address: ClusterAddress): BrokerBody {
  return {
    ...entityHead('KafkaBroker', address.url('brokers', id), address.resourceName(`broker=${id}`)),
    cluster_id: address.clusterId,
    broker_id: id,
    host,
    port,
    rack,
    configs: address.related('brokers', id, 'configs'),
    partition_replicas: address.related('brokers', id, 'partition-replicas'),
  };
}
