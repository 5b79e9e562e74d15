import { Injectable } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { KafkaAdmin, type ReassignmentChange } from '#libs/kafka/kafka-admin.ts';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { KafkaMetadata } from '#libs/kafka/kafka-metadata.ts';
import type { TopicPartition } from '#libs/kafka/kafka-types.ts';
import { checkTopicName } from '#libs/kafka/topic-name.ts';

/** A partition that does not move as was asked, and why. */
export interface FailedReassignment extends TopicPartition {
  readonly error: KafkaError;
}

/** Moves partitions between brokers. */
@Injectable()
export class ReassignmentChangesService {
  constructor(
    private readonly admin: KafkaAdmin,
    private readonly metadata: KafkaMetadata,
  ) {}

  /**
   * Nothing is changed when a partition or broker does not exist. Then each partition is on its own.
   *
   * @param changes what is wrong with one is told with its place, `data[<index>]`
   * @returns what Kafka refused
   * @throws {RestError} 400 for a partition named twice, 422 for a broker that is not in the cluster
   * @throws {KafkaError} UNKNOWN_TOPIC_OR_PARTITION, CLUSTER_AUTHORIZATION_FAILED, …
   */
  async alter(
    changes: readonly ReassignmentChange[],
    { validateOnly }: { readonly validateOnly: boolean },
  ): Promise<readonly FailedReassignment[]> {
    await this.#check(changes);
    if (changes.length === 0) return [];
    const errors = validateOnly ? await this.#tried(changes) : await this.admin.alterReassignments(changes);
    return changes.flatMap(({ topic, partition }, index) => {
      const error = errors[index];
      return error === undefined ? [] : [{ topic, partition, error }];
    });
  }

  async #check(changes: readonly ReassignmentChange[]): Promise<void> {
    const replicas = await this.#replicas([...new Set(changes.map(({ topic }) => topic))]);
    const { brokers } = await this.metadata.cluster();
    const known = new Set(brokers.map(({ id }) => id));
    const seen = new Set<string>();
    for (const [index, change] of changes.entries()) {
      const key = keyOf(change);
      const current = replicas.get(key);
      const { topic, partition } = change;
      if (current === undefined) {
        const text = `This server does not host topic-partition ${partition} for topic ${topic} (data[${index}])`;
        throw KafkaError.of('UNKNOWN_TOPIC_OR_PARTITION', text);
      }
      if (seen.has(key))
        throw restErrors.badRequest(`partition ${partition} of ${topic} is named twice (data[${index}])`);
      seen.add(key);
      // One that is down may keep what it has, and gets nothing new.
      const at = change.replicas?.findIndex((id) => !known.has(id) && !current.includes(id)) ?? -1;
      if (at >= 0) {
        const place = `data[${index}].replicas[${at}]`;
        throw restErrors.unprocessable(`${place} is not a broker of the cluster: ${change.replicas?.[at]}`);
      }
    }
  }

  /** Where the partitions of some topics are, by `keyOf`. */
  async #replicas(topics: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>> {
    for (const topic of topics) checkTopicName(topic);
    const found = await this.metadata.describeTopics(topics);
    return new Map(
      found.flatMap(({ name: topic, partitions }) =>
        partitions.map(({ partition, replicas }) => [keyOf({ topic, partition }), replicas] as const),
      ),
    );
  }

  /** What Kafka would refuse of what has been checked: to end a move where there is none. */
  async #tried(changes: readonly ReassignmentChange[]): Promise<readonly (KafkaError | undefined)[]> {
    const ended = changes.filter(({ replicas }) => replicas === null);
    const moving = ended.length === 0 ? [] : await this.admin.listReassignments(ended);
    const keys = new Set(moving.map(keyOf));
    return changes.map((change) =>
      change.replicas === null && !keys.has(keyOf(change))
        ? KafkaError.of('NO_REASSIGNMENT_IN_PROGRESS')
        : undefined,
    );
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${partition} ${topic}`;
}
