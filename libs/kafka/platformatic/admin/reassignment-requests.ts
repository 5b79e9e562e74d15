import { listPartitionReassignmentsV0 } from '@platformatic/kafka';
import type { Reassignment } from '../../kafka-admin.ts';
import type { TopicPartition } from '../../kafka-types.ts';
import type { AdminRequests } from './admin-requests.ts';
import { errorOf } from './config-requests.ts';

/** @param partitions undefined for all @throws {KafkaError} */
export async function listReassignments(
  requests: AdminRequests,
  partitions: readonly TopicPartition[] | undefined,
): Promise<readonly Reassignment[]> {
  const asked = partitions === undefined ? null : byTopic(partitions);
  const answer = await requests.toController(
    (connection) => connection.call([listPartitionReassignmentsV0.api], requests.brokerTimeoutMs, asked),
    ({ errorCode }) => [errorCode],
  );
  const error = errorOf(answer);
  if (error !== undefined) throw error;
  return answer.topics.flatMap(({ name, partitions: moving }) =>
    moving.map(({ partitionIndex, addingReplicas, removingReplicas }) => ({
      topic: name,
      partition: partitionIndex,
      addingReplicas,
      removingReplicas,
    })),
  );
}

function byTopic(partitions: readonly TopicPartition[]): { name: string; partitionIndexes: number[] }[] {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of partitions) {
    const list = topics.get(topic);
    if (list === undefined) topics.set(topic, [partition]);
    else list.push(partition);
  }
  return [...topics].map(([name, partitionIndexes]) => ({ name, partitionIndexes }));
}
