import { restErrors } from '#libs/errors/rest-errors.ts';
import type { NewTopic } from '#libs/kafka/kafka-admin.ts';
import { isTopicName } from '#libs/kafka/topic-name.ts';
import type { CreateTopicDto } from './create-topic.dto.ts';
import { assignmentsOf } from './replicas-assignments.ts';

/** The brokers decide. */
const byDefault = -1;

/**
 * What a create asks for.
 *
 * @throws {RestError} 42206 for a name that no topic can have; 400 for assignments that are none; 40002 for a
 *   configuration that is named twice
 */
export function newTopic(body: CreateTopicDto): NewTopic {
  if (!isTopicName(body.topic_name)) throw restErrors.payload('Invalid topic name.');
  const assignments = assignmentsOf(body.replicas_assignments);
  const configs = (body.configs ?? []).map(({ name, value }) => ({ name, value: value ?? null }));
  if (new Set(configs.map(({ name }) => name)).size < configs.length) {
    throw restErrors.invalidKafkaRequest('Error due to duplicate config keys');
  }
  const chosen = assignments.size > 0;
  return {
    name: body.topic_name,
    partitions: chosen ? byDefault : (body.partitions_count ?? byDefault),
    replicationFactor: chosen ? byDefault : (body.replication_factor ?? byDefault),
    assignments,
    configs,
  };
}
