import type { ConfigEntry } from '#libs/kafka/kafka-admin.ts';
import type { ClusterAddress } from '../cluster-address.ts';
import { configFields, isDefault, type ConfigFields } from '../configs/config-fields.ts';
import { entityHead, type Entity } from '../entity.ts';

export interface BrokerConfigBody extends Entity<'KafkaBrokerConfig'>, ConfigFields {
  readonly broker_id: number;
  readonly is_default: boolean;
}

/** A configuration entry of a broker as API v3 shows it; the order of fields is that of the wire. */
export function brokerConfigBody(
  broker: number,
  entry: ConfigEntry,
  address: ClusterAddress,
): BrokerConfigBody {
  return {
    ...entityHead(
      'KafkaBrokerConfig',
      address.url('brokers', broker, 'configs', entry.name),
      address.resourceName(`broker=${broker}`, `config=${entry.name}`),
    ),
    ...configFields(address.clusterId, entry),
    broker_id: broker,
    is_default: isDefault(entry),
  };
}
