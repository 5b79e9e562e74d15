import {
  createPartitionsV3,
  createTopicsV7,
  deleteTopicsV6,
  metadataV10,
  metadataV11,
  metadataV12,
} from '@platformatic/kafka';
import { operationsOfBits, type AclOperation } from '../../acl-types.ts';
import type { CreatedTopic, NewTopic, TryOnly } from '../../kafka-admin.ts';
import { KafkaError } from '../../kafka-error.ts';
import { checkConfigText } from '../../text-limit.ts';
import type { AdminRequests } from './admin-requests.ts';
import { errorOf } from './config-requests.ts';

/** @throws {KafkaError} with the broker's text */
export async function createTopic(
  requests: AdminRequests,
  topic: NewTopic,
  { validateOnly = false }: TryOnly,
): Promise<CreatedTopic> {
  for (const { name, value } of topic.configs) checkConfigText(name, value);
  const assignments = [...topic.assignments].map(([partitionIndex, brokers]) => ({
    partitionIndex,
    brokerIds: [...brokers],
  }));
  const asked = {
    name: topic.name,
    numPartitions: topic.partitions,
    replicationFactor: topic.replicationFactor,
    assignments,
    configs: topic.configs.map(({ name, value }) => ({ name, value })),
  };
  const answer = await requests.toController(
    (connection) => connection.call([createTopicsV7.api], [asked], requests.brokerTimeoutMs, validateOnly),
    ({ topics }) => topics.map(({ errorCode }) => errorCode),
  );
  const created = only(answer.topics);
  // -1 where we may not see the configuration of topics.
  const known = (count: number): number | undefined => (count < 0 ? undefined : count);
  return { partitions: known(created.numPartitions), replicationFactor: known(created.replicationFactor) };
}

/** @throws {KafkaError} with the broker's text */
export async function createPartitions(requests: AdminRequests, name: string, count: number): Promise<void> {
  const answer = await requests.toController(
    (connection) =>
      connection.call(
        [createPartitionsV3.api],
        [{ name, count, assignments: null }],
        requests.brokerTimeoutMs,
        false,
      ),
    ({ results }) => results.map(({ errorCode }) => errorCode),
  );
  only(answer.results);
}

/** @throws {KafkaError} */
export async function deleteTopic(requests: AdminRequests, name: string): Promise<void> {
  const answer = await requests.toController(
    (connection) => connection.call([deleteTopicsV6.api], [{ name }], requests.brokerTimeoutMs),
    ({ responses }) => responses.map(({ errorCode }) => errorCode),
  );
  only(answer.responses);
}

/** @param names undefined for all topics */
export async function authorizedOperations(
  requests: AdminRequests,
  names: readonly string[] | undefined,
): Promise<ReadonlyMap<string, readonly AclOperation[]>> {
  const versions = [metadataV12.api, metadataV11.api, metadataV10.api];
  const asked = names === undefined ? null : [...names];
  const { topics } = await requests.toAny((connection) => connection.call(versions, asked, false, true));
  const found = new Map<string, readonly AclOperation[]>();
  for (const { name, errorCode, topicAuthorizedOperations } of topics) {
    if (name !== null && name !== undefined && errorCode === 0)
      found.set(name, operationsOfBits(topicAuthorizedOperations));
  }
  return found;
}

/** The one part of an answer about one thing. @throws {KafkaError} the error that it carries */
function only<Part extends { readonly errorCode: number; readonly errorMessage?: string | null | undefined }>(
  parts: readonly Part[],
): Part {
  const [part] = parts;
  if (part === undefined) throw KafkaError.of('UNKNOWN_SERVER_ERROR');
  const error = errorOf(part);
  if (error !== undefined) throw error;
  return part;
}
