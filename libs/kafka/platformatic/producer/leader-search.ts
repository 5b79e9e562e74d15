import { KafkaError } from '../../kafka-error.ts';
import type { BrokerNode } from '../../kafka-types.ts';
import type { ClusterMetadata } from '../cluster-metadata.ts';
import type { PartitionQueue } from './partition-queue.ts';
import { unknownPartition, unknownTopic } from './topic-resolver.ts';
import { kafkaErrorOf } from './unexpected-error.ts';

/** What the producer asks of the metadata. */
export type LeaderView = Pick<
  ClusterMetadata,
  'leaderOf' | 'node' | 'topic' | 'invalidate' | 'refreshTopics'
>;

/** Finds the leaders of partitions. */
export class LeaderSearch {
  readonly #metadata: LeaderView;

  constructor(metadata: LeaderView) {
    this.#metadata = metadata;
  }

  /** The leader to try next; undefined when it must be asked for. */
  known(queue: PartitionQueue): BrokerNode | undefined {
    if (queue.hint !== undefined) {
      const hinted = this.#metadata.node(queue.hint);
      queue.hint = undefined;
      if (hinted !== undefined) return hinted;
      queue.needsMetadata = true;
    }
    return queue.needsMetadata ? undefined : this.#metadata.leaderOf(queue.topic, queue.partition);
  }

  /** Asks the cluster. @returns undefined when the leader is known then, else why not and whether that is final. Never rejects. */
  async find(
    queue: PartitionQueue,
  ): Promise<{ readonly error: KafkaError; readonly failed: boolean } | undefined> {
    const { topic, partition } = queue;
    queue.needsMetadata = true;
    try {
      this.#metadata.invalidate(topic);
      const found = await this.#metadata.topic(topic);
      const leader = found?.partitions[partition]?.leader;
      if (leader === undefined) {
        // Another broker may know more than the one that was asked, for a while.
        queue.missingSince ??= performance.now();
        const failed = performance.now() - queue.missingSince > missingAfterMs;
        return {
          error: found === undefined ? unknownTopic(topic) : unknownPartition(found, partition),
          failed,
        };
      }
      queue.missingSince = undefined;
      if (leader < 0) return { error: KafkaError.of('LEADER_NOT_AVAILABLE'), failed: false };
      queue.needsMetadata = false;
      return undefined;
    } catch (cause) {
      const error = kafkaErrorOf(cause);
      return { error, failed: !error.retriable };
    }
  }
}

/** For how long a topic that was there may be missing before its records fail. */
const missingAfterMs = 2_000;
