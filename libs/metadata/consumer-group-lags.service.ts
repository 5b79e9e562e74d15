import { Injectable } from '@nestjs/common';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { KafkaGroups, type GroupDescription, type GroupMember } from '#libs/kafka/kafka-groups.ts';
import { KafkaMetadata } from '#libs/kafka/kafka-metadata.ts';
import type { OffsetAndMetadata, TopicPartition } from '#libs/kafka/kafka-types.ts';

/** How far a group is behind in one partition. */
export interface PartitionLag extends TopicPartition {
  /** Who reads it now; undefined when nobody does. */
  readonly member: GroupMember | undefined;
  /** The next offset that the group reads. */
  readonly current: bigint;
  /** Where a reader of committed records ends. */
  readonly end: bigint;
  /** From 0. */
  readonly lag: bigint;
}

/** How far consumer groups are behind, in the partitions that they have committed something of. */
@Injectable()
export class ConsumerGroupLagsService {
  constructor(
    private readonly groups: KafkaGroups,
    private readonly metadata: KafkaMetadata,
  ) {}

  /**
   * The largest lag first, then by topic and partition. Partitions that are gone are left out.
   *
   * However many partitions: four requests for the group, one for its topics, and one a leader.
   *
   * @returns undefined when there is no such group
   * @throws {KafkaError}
   */
  async list(groupId: string): Promise<readonly PartitionLag[] | undefined> {
    const found = await this.groups.describeWithOffsets(groupId);
    if (found === undefined) return undefined;
    const members = membersByPartition(found.group);
    const ended = await this.#withEnds(found.committed);
    return ended
      .map(({ topic, partition, offset, end }) => ({
        topic,
        partition,
        member: members.get(keyOf(topic, partition)),
        current: offset,
        end,
        lag: end > offset ? end - offset : 0n,
      }))
      .sort(byLag);
  }

  async #withEnds(
    committed: readonly OffsetAndMetadata[],
  ): Promise<readonly (OffsetAndMetadata & { readonly end: bigint })[]> {
    for (let attempt = 1; ; attempt++) {
      const existing = await this.#existing(committed);
      try {
        const ends = await this.groups.endOffsets(existing);
        return existing.map((one, index) => ({ ...one, end: ends[index] ?? 0n }));
      } catch (error) {
        const isGone = error instanceof KafkaError && error.kind === 'UNKNOWN_TOPIC_OR_PARTITION';
        // A topic that was deleted between the two: looked at again without it.
        if (!isGone || attempt === mostAttempts) throw error;
      }
    }
  }

  async #existing(committed: readonly OffsetAndMetadata[]): Promise<readonly OffsetAndMetadata[]> {
    const names = [...new Set(committed.map(({ topic }) => topic))];
    const topics = names.length === 0 ? [] : await this.metadata.describeTopics(names);
    const there = new Set(
      topics.flatMap(({ name, partitions }) => partitions.map(({ partition }) => keyOf(name, partition))),
    );
    return committed.filter(({ topic, partition }) => there.has(keyOf(topic, partition)));
  }
}

const mostAttempts = 3;

function membersByPartition({ members }: GroupDescription): ReadonlyMap<string, GroupMember> {
  return new Map(
    members.flatMap((member) =>
      member.partitions.map(({ topic, partition }) => [keyOf(topic, partition), member] as const),
    ),
  );
}

function keyOf(topic: string, partition: number): string {
  return `${partition} ${topic}`;
}

function byLag(a: PartitionLag, b: PartitionLag): number {
  if (a.lag !== b.lag) return a.lag > b.lag ? -1 : 1;
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1;
  return a.partition - b.partition;
}
