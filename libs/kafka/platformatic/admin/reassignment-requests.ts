import {
  alterPartitionReassignmentsV0,
  alterPartitionReassignmentsV1,
  listPartitionReassignmentsV0,
} from '@platformatic/kafka';
import type { Reassignment, ReassignmentChange } from '../../kafka-admin.ts';
import { KafkaError } from '../../kafka-error.ts';
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

/** KIP-455. @returns in the order of the changes @throws {KafkaError} */
export async function alterReassignments(
  requests: AdminRequests,
  changes: readonly ReassignmentChange[],
): Promise<readonly (KafkaError | undefined)[]> {
  const topics = [...Map.groupBy(changes, ({ topic }) => topic)].map(([name, ofTopic]) => ({
    name,
    partitions: ofTopic.map(({ partition, replicas }) => ({
      partitionIndex: partition,
      replicas: replicas === null ? null : [...replicas],
    })),
  }));
  const versions = [alterPartitionReassignmentsV1.api, alterPartitionReassignmentsV0.api];
  const answer = await requests.toController(
    // The number of replicas may change; before version 1 it always may.
    (connection) => connection.call(versions, requests.brokerTimeoutMs, true, topics),
    ({ errorCode }) => [errorCode],
  );
  const error = errorOf(answer);
  if (error !== undefined) throw error;
  const outcomes = new Map(
    answer.responses.flatMap(({ name, partitions }) =>
      partitions.map((partition) => [`${partition.partitionIndex} ${name}`, partition] as const),
    ),
  );
  return changes.map(({ topic, partition }) => {
    const outcome = outcomes.get(`${partition} ${topic}`);
    return outcome === undefined ? KafkaError.of('UNKNOWN_SERVER_ERROR') : errorOf(outcome);
  });
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
