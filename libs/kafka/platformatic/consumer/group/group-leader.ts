import { KafkaError } from '../../../kafka-error.ts';
import type { KafkaConnectionConfig } from '../../../connection-config.ts';
import { retriesOf } from '../../../retries.ts';
import type { Assignor, Candidate } from '../assignors/assignor.ts';
import type { TopicAnswers, TopicLookup } from '../topic-lookup.ts';
import { decodeSubscription, encodeAssignment } from './consumer-protocol.ts';
import type { JoinAnswer } from './group-requests.ts';

export interface LeaderResult {
  readonly assignments: readonly { readonly memberId: string; readonly assignment: Buffer }[];
  /** Partitions by topic of everything that the group subscribes to, as of the assignment; 0 for what does not exist. */
  readonly partitionCounts: ReadonlyMap<string, number>;
}

/** What a group's leader does: it assigns for all members, from what the cluster says now. */
export class GroupLeader {
  readonly #lookup: TopicLookup;
  readonly #config: KafkaConnectionConfig;

  constructor(lookup: TopicLookup, config: KafkaConnectionConfig) {
    this.#lookup = lookup;
    this.#config = config;
  }

  /**
   * @param before what there was at the last assignment: a topic is not gone because one broker does not know it
   * @throws {KafkaError} when the cluster does not say what topics there are; INCONSISTENT_GROUP_PROTOCOL
   */
  async assign(
    assignors: readonly Assignor[],
    answer: JoinAnswer,
    before: ReadonlyMap<string, number> | undefined,
  ): Promise<LeaderResult> {
    const assignor = assignors.find(({ name }) => name === answer.protocolName);
    if (assignor === undefined) throw KafkaError.of('INCONSISTENT_GROUP_PROTOCOL');
    const candidates = answer.members.map(candidateOf);
    const partitionCounts = await this.#countPartitions(candidates, before);
    if (answer.skipAssignment) return { assignments: [], partitionCounts };
    const existing = new Map([...partitionCounts].filter(([, count]) => count > 0));
    const shares = assignor.assign(existing, candidates);
    const assignments = [...shares].map(([memberId, share]) => ({
      memberId,
      assignment: encodeAssignment(share),
    }));
    return { assignments, partitionCounts };
  }

  async #countPartitions(
    candidates: readonly Candidate[],
    before: ReadonlyMap<string, number> | undefined,
  ): Promise<ReadonlyMap<string, number>> {
    const names = [...new Set(candidates.flatMap(({ topics }) => topics))];
    if (names.length === 0) return new Map();
    for await (const attempt of retriesOf(this.#config, lookupTimeoutMs)) {
      try {
        const counts = partitionCountsOf(names, await this.#lookup.ask(names));
        const isMissing = names.some((name) => counts.get(name) === 0 && (before?.get(name) ?? 0) > 0);
        if (!isMissing || attempt.number >= looksBeforeGone) return counts;
        attempt.failed(KafkaError.of('UNKNOWN_TOPIC_OR_PARTITION'));
      } catch (error) {
        attempt.failed(error);
      }
    }
    return new Map();
  }
}

export function partitionCountsOf(
  names: Iterable<string>,
  answers: TopicAnswers,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) {
    const topic = answers.get(name);
    counts.set(name, topic === undefined || topic instanceof KafkaError ? 0 : topic.partitions.length);
  }
  return counts;
}

/** The group waits for its leader meanwhile. */
const lookupTimeoutMs = 5_000;
const looksBeforeGone = 2;

/** A member whose metadata cannot be read gets nothing, rather than that nobody gets anything. */
function candidateOf({ memberId, groupInstanceId, metadata }: JoinAnswer['members'][number]): Candidate {
  try {
    return { memberId, groupInstanceId, ...decodeSubscription(metadata) };
  } catch {
    return { memberId, groupInstanceId, topics: [], userData: null, ownedPartitions: [], generationId: -1 };
  }
}
