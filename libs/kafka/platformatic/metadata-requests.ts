import {
  listOffsetsV6,
  listOffsetsV7,
  listOffsetsV8,
  listOffsetsV9,
  metadataV10,
  metadataV11,
  metadataV12,
} from '@platformatic/kafka';
import { KafkaError } from '../kafka-error.ts';
import type { BrokerNode, OffsetSpec, TopicMetadata } from '../kafka-types.ts';
import type { BrokerConnection } from './broker-connection.ts';

/** A topic with the id that newer requests name it by. */
export interface CachedTopic extends TopicMetadata {
  readonly topicId: string;
}

/** One answer to a metadata request. */
export interface MetadataAnswer {
  readonly clusterId: string;
  readonly controllerId: number;
  readonly brokers: readonly BrokerNode[];
  /** What is known of each topic: it, or why not. */
  readonly topics: ReadonlyMap<string, CachedTopic | KafkaError>;
}

/**
 * Asks a broker for metadata.
 *
 * @param names undefined for all topics, [] for none
 * @throws {KafkaError} when there is no answer; errors of single topics are values of the map
 */
export async function requestMetadata(
  connection: BrokerConnection,
  names: readonly string[] | undefined,
  allowAutoTopicCreation: boolean,
): Promise<MetadataAnswer> {
  const versions = [metadataV12.api, metadataV11.api, metadataV10.api];
  const topics = names === undefined ? null : [...names];
  const answer = await connection.call(versions, topics, allowAutoTopicCreation, false);
  const found = new Map<string, CachedTopic | KafkaError>();
  for (const topic of answer.topics) {
    if (topic.name === null || topic.name === undefined) continue;
    if (topic.errorCode !== 0) {
      found.set(topic.name, KafkaError.ofCode(topic.errorCode));
      continue;
    }
    const partitions = topic.partitions.map((p) => ({
      partition: p.partitionIndex,
      leader: p.leaderId,
      leaderEpoch: p.leaderEpoch,
      replicas: p.replicaNodes,
      inSyncReplicas: p.isrNodes,
    }));
    partitions.sort((a, b) => a.partition - b.partition);
    found.set(topic.name, {
      name: topic.name,
      topicId: topic.topicId,
      internal: topic.isInternal,
      partitions,
    });
  }
  return {
    clusterId: answer.clusterId ?? '',
    controllerId: answer.controllerId,
    brokers: answer.brokers
      .map((b) => ({ id: b.nodeId, host: b.host, port: b.port, rack: b.rack ?? null }))
      .sort((a, b) => a.id - b.id),
    topics: found,
  };
}

export interface OffsetQuery {
  readonly topic: string;
  readonly partition: number;
  readonly spec: OffsetSpec;
}

/**
 * Asks the leader of partitions for offsets.
 *
 * @returns in the order of the queries: the offset, undefined where a time has no record at or after it, or the
 *   partition's error
 */
export async function requestOffsets(
  connection: BrokerConnection,
  queries: readonly OffsetQuery[],
  isolation: 'read_uncommitted' | 'read_committed' = 'read_uncommitted',
): Promise<readonly (bigint | undefined | KafkaError)[]> {
  const byTopic = new Map<string, OffsetQuery[]>();
  for (const query of queries) {
    const list = byTopic.get(query.topic);
    if (list === undefined) byTopic.set(query.topic, [query]);
    else list.push(query);
  }
  const topics = [...byTopic].map(([name, list]) => ({
    name,
    partitions: list.map((q) => ({
      partitionIndex: q.partition,
      currentLeaderEpoch: -1,
      timestamp: timestampOf(q.spec),
    })),
  }));
  const versions = [listOffsetsV9.api, listOffsetsV8.api, listOffsetsV7.api, listOffsetsV6.api];
  const answer = await connection.call(versions, -1, isolation === 'read_committed' ? 1 : 0, topics);
  const offsets = new Map<string, bigint | undefined | KafkaError>();
  for (const topic of answer.topics) {
    for (const p of topic.partitions) {
      const offset = p.offset === -1n ? undefined : p.offset;
      offsets.set(
        `${p.partitionIndex} ${topic.name}`,
        p.errorCode === 0 ? offset : KafkaError.ofCode(p.errorCode),
      );
    }
  }
  return queries.map((q) => offsets.get(`${q.partition} ${q.topic}`));
}

function timestampOf(spec: OffsetSpec): bigint {
  if (spec === 'earliest') return -2n;
  if (spec === 'latest') return -1n;
  return spec.timestampMs;
}
