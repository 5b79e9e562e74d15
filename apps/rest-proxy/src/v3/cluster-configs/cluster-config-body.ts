import type { ConfigEntry } from '#libs/kafka/kafka-admin.ts';
import type { ClusterAddress } from '../cluster-address.ts';
import { configFields, isDefault, type ConfigFields } from '../configs/config-fields.ts';
import { entityHead, type Entity } from '../entity.ts';

export interface ClusterConfigBody extends Entity<'KafkaClusterConfig'>, ConfigFields {
  readonly config_type: 'BROKER';
  readonly is_default: boolean;
}

/** A configuration entry of all brokers as API v3 shows it; the order of fields is that of the wire. */
export function clusterConfigBody(entry: ConfigEntry, address: ClusterAddress): ClusterConfigBody {
  return {
    ...entityHead(
      'KafkaClusterConfig',
      address.url('broker-configs', entry.name),
      address.resourceName(`broker-config=${entry.name}`),
    ),
    ...configFields(address.clusterId, entry),
    config_type: 'BROKER',
    is_default: isDefault(entry),
  };
}
