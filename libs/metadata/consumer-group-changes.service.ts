import { Injectable } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { KafkaGroups } from '#libs/kafka/kafka-groups.ts';
import { KafkaMetadata } from '#libs/kafka/kafka-metadata.ts';
import type { OffsetSpec, TopicPartition } from '#libs/kafka/kafka-types.ts';
import { checkTopicName } from '#libs/kafka/topic-name.ts';

/** Where a group is to read on: one of the partition's own, a given offset, or so many records from where it is. */
export type OffsetTarget = OffsetSpec | { readonly offset: bigint } | { readonly shiftBy: bigint };

export interface OffsetChange {
  readonly topic: string;
  /** undefined for all. */
  readonly partition: number | undefined;
  readonly target: OffsetTarget;
}

export interface ChangedOffset extends TopicPartition {
  /** undefined when there was none. */
  readonly previous: bigint | undefined;
  readonly offset: bigint;
}

/** Changes of consumer groups that have no members. */
@Injectable()
export class ConsumerGroupChangesService {
  constructor(
    private readonly groups: KafkaGroups,
    private readonly metadata: KafkaMetadata,
  ) {}

  /** @returns whether there was such a group @throws {KafkaError} NON_EMPTY_GROUP, … */
  async delete(groupId: string): Promise<boolean> {
    const group = await this.groups.describe(groupId);
    if (group === undefined) return false;
    await this.groups.delete(groupId);
    return true;
  }

  /**
   * Sets offsets, all in one request. What is outside of a partition becomes its beginning or its end.
   *
   * @returns by topic and partition in the order of the changes; undefined when there is no such group
   * @throws {RestError} 400 for a partition named twice, 422 for a shift from where nothing was committed
   * @throws {KafkaError} NON_EMPTY_GROUP, UNKNOWN_TOPIC_OR_PARTITION, …
   */
  async setOffsets(
    groupId: string,
    changes: readonly OffsetChange[],
    { validateOnly }: { readonly validateOnly: boolean },
  ): Promise<readonly ChangedOffset[] | undefined> {
    const found = await this.groups.describeWithOffsets(groupId);
    if (found === undefined) return undefined;
    if (found.group.state !== 'EMPTY') throw KafkaError.of('NON_EMPTY_GROUP');
    const committed = new Map(found.committed.map((one) => [keyOf(one), one.offset]));
    const places = await this.#places(changes);
    const targets = await this.#targets(places, committed);
    if (!validateOnly && targets.length > 0) await this.groups.setOffsets(groupId, targets);
    return targets;
  }

  /** One change a partition. */
  async #places(changes: readonly OffsetChange[]): Promise<readonly Place[]> {
    const names = [...new Set(changes.map(({ topic }) => topic))];
    for (const name of names) checkTopicName(name);
    const topics = new Map((await this.metadata.describeTopics(names)).map((topic) => [topic.name, topic]));
    const seen = new Set<string>();
    return changes.flatMap(({ topic, partition, target }) => {
      const all = topics.get(topic)?.partitions ?? [];
      const wanted = partition === undefined ? all : all.filter((one) => one.partition === partition);
      if (wanted.length === 0) throw KafkaError.of('UNKNOWN_TOPIC_OR_PARTITION');
      return wanted.map((one) => {
        const place = { topic, partition: one.partition, target };
        const key = keyOf(place);
        if (seen.has(key))
          throw restErrors.badRequest(`partition ${one.partition} of ${topic} is named twice`);
        seen.add(key);
        return place;
      });
    });
  }

  async #targets(
    places: readonly Place[],
    committed: ReadonlyMap<string, bigint>,
  ): Promise<readonly ChangedOffset[]> {
    const [first, end, wanted] = await Promise.all([
      this.#lookUp(places, () => 'earliest'),
      this.#lookUp(places, () => 'latest'),
      this.#lookUp(places, ({ target }) => (isSpec(target) ? target : 'latest')),
    ]);
    return places.map((place, index) => {
      const { topic, partition, target } = place;
      const previous = committed.get(keyOf(place));
      const low = first[index] ?? 0n;
      const high = end[index] ?? 0n;
      // A time after the last record is the end.
      const asked = isSpec(target) ? (wanted[index] ?? high) : offsetOf(place, target, previous);
      return { topic, partition, previous, offset: asked < low ? low : asked > high ? high : asked };
    });
  }

  #lookUp(
    places: readonly Place[],
    specOf: (place: Place) => OffsetSpec,
  ): Promise<readonly (bigint | undefined)[]> {
    return this.metadata.listOffsets(
      places.map((place) => ({ topic: place.topic, partition: place.partition, spec: specOf(place) })),
    );
  }
}

interface Place extends TopicPartition {
  readonly target: OffsetTarget;
}

function isSpec(target: OffsetTarget): target is OffsetSpec {
  return typeof target === 'string' || 'timestampMs' in target;
}

function offsetOf(
  { topic, partition }: Place,
  target: Exclude<OffsetTarget, OffsetSpec>,
  previous: bigint | undefined,
): bigint {
  if ('offset' in target) return target.offset;
  if (previous === undefined) {
    const text = `There is no offset to shift in partition ${partition} of ${topic}`;
    throw restErrors.unprocessable(text);
  }
  return previous + target.shiftBy;
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${partition} ${topic}`;
}
