import type { ConfigEntry } from '#libs/kafka/kafka-admin.ts';
import type { ClusterAddress } from '../cluster-address.ts';
import { configFields, isDefault, type ConfigFields } from '../configs/config-fields.ts';
import { entityHead, type Entity } from '../entity.ts';

export interface TopicConfigBody extends Entity<'KafkaTopicConfig'>, ConfigFields {
  readonly topic_name: string;
  readonly is_default: boolean;
}

/** A configuration entry of a topic as API v3 shows it; the order of fields is that of the wire. */
export function topicConfigBody(topic: string, entry: ConfigEntry, address: ClusterAddress): TopicConfigBody {
  return {
    ...entityHead(
      'KafkaTopicConfig',
      address.url('topics', topic, 'configs', entry.name),
      address.resourceName(`topic=${topic}`, `config=${entry.name}`),
    ),
    ...configFields(address.clusterId, entry),
    topic_name: topic,
    is_default: isDefault(entry),
  };
}
