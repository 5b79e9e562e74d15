import { KafkaError } from '../kafka-error.ts';
import type { BrokerNode, IsolationLevel, TopicMetadata } from '../kafka-types.ts';
import { retriesOf } from '../retries.ts';
import type { Connections } from './connections.ts';
import { requestOffsets, type OffsetQuery } from './metadata-requests.ts';

/** Who leads what; a ClusterMetadata. */
export interface Leaders {
  topic(name: string): Promise<TopicMetadata | undefined>;
  leaderOf(topic: string, partition: number): BrokerNode | undefined;
  invalidate(topic: string): void;
}

/**
 * Looks offsets up at the leaders, one request a leader, again where a leader has moved.
 *
 * @returns in the order of the queries; undefined where a time has no record at or after it
 * @throws {KafkaError} of the first partition that has none to give
 */
export async function lookUpOffsets(
  connections: Connections,
  metadata: Leaders,
  queries: readonly OffsetQuery[],
  isolation: IsolationLevel = 'read_uncommitted',
): Promise<readonly (bigint | undefined)[]> {
  const results: (bigint | undefined)[] = Array.from({ length: queries.length });
  const open = new Set(queries.keys());
  for await (const attempt of retriesOf(connections.config, timeoutMs)) {
    try {
      const requests = await requestsFor(metadata, queries, open);
      await Promise.all(requests.map((request) => answer(connections, request, isolation, results, open)));
      return results;
    } catch (error) {
      for (const index of open) metadata.invalidate(queries[index]?.topic ?? '');
      // A topic that is not there is not about to be.
      if (error instanceof KafkaError && error.kind === 'UNKNOWN_TOPIC_OR_PARTITION' && attempt.number > 0)
        throw error;
      attempt.failed(error);
    }
  }
  return results;
}

const timeoutMs = 10_000;

interface Request {
  readonly leader: BrokerNode;
  readonly queries: (OffsetQuery & { readonly index: number })[];
}

async function requestsFor(
  metadata: Leaders,
  queries: readonly OffsetQuery[],
  open: ReadonlySet<number>,
): Promise<readonly Request[]> {
  const names = new Set([...open].map((index) => queries[index]?.topic ?? ''));
  const topics = new Map(
    await Promise.all([...names].map(async (name) => [name, await metadata.topic(name)] as const)),
  );
  // A broker refuses a request that names a partition twice: the second naming goes into a second request.
  const namings = new Map<string, number>();
  const requests = new Map<string, Request>();
  for (const index of open) {
    const query = queries[index];
    if (query === undefined) continue;
    if (topics.get(query.topic)?.partitions[query.partition] === undefined) {
      throw KafkaError.of('UNKNOWN_TOPIC_OR_PARTITION');
    }
    const leader = metadata.leaderOf(query.topic, query.partition);
    if (leader === undefined) throw KafkaError.of('LEADER_NOT_AVAILABLE');
    const id = `${query.partition} ${query.topic}`;
    const naming = namings.get(id) ?? 0;
    namings.set(id, naming + 1);
    const request = requests.get(`${leader.id} ${naming}`);
    if (request === undefined)
      requests.set(`${leader.id} ${naming}`, { leader, queries: [{ index, ...query }] });
    else request.queries.push({ index, ...query });
  }
  return [...requests.values()];
}

async function answer(
  connections: Connections,
  request: Request,
  isolation: IsolationLevel,
  results: (bigint | undefined)[],
  open: Set<number>,
): Promise<void> {
  const connection = await connections.shared(request.leader, 'metadata');
  const answers = await requestOffsets(connection, request.queries, isolation);
  let failure: KafkaError | undefined;
  for (const [i, found] of answers.entries()) {
    const query = request.queries[i];
    if (query === undefined) continue;
    if (found instanceof KafkaError) failure ??= found;
    else {
      results[query.index] = found;
      open.delete(query.index);
    }
  }
  if (failure !== undefined) throw failure;
}
