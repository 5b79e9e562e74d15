import { KafkaError } from '#libs/kafka/kafka-error.ts';
import {
  KafkaGroups,
  type GroupDescription,
  type GroupWithOffsets,
  type ListedGroup,
} from '#libs/kafka/kafka-groups.ts';
import type { OffsetAndMetadata, TopicPartition, TopicPartitionOffset } from '#libs/kafka/kafka-types.ts';
import type { FakeCluster } from './fake-cluster.ts';

/** Groups as a test puts them there; ends of partitions are those of the cluster in memory. */
export class FakeKafkaGroups extends KafkaGroups {
  /** How many groups each call of `describeListed` asked for. */
  readonly described: number[] = [];
  /** Runs before offsets are looked up. */
  beforeEnds: (() => void) | undefined;
  readonly #groups = new Map<string, GroupWithOffsets>();

  constructor(private readonly cluster: FakeCluster) {
    super();
  }

  /** A group with the given id that is empty unless told otherwise. */
  put(
    groupId: string,
    group: Partial<GroupDescription> = {},
    committed: readonly (TopicPartition & Pick<OffsetAndMetadata, 'offset'>)[] = [],
  ): void {
    this.#groups.set(groupId, {
      group: {
        groupId,
        type: 'CLASSIC',
        state: 'EMPTY',
        coordinator: { id: 1, host: 'fake', port: 9092, rack: null },
        simple: true,
        assignor: '',
        mixed: false,
        members: [],
        ...group,
      },
      committed: committed.map((one) => ({ ...one, metadata: '' })),
    });
  }

  clear(): void {
    this.#groups.clear();
    this.described.length = 0;
    this.beforeEnds = undefined;
  }

  override async list(): Promise<readonly ListedGroup[]> {
    this.cluster.check();
    return [...this.#groups.values()].map(({ group }) => group);
  }

  override async describeListed(groups: readonly ListedGroup[]): Promise<readonly GroupDescription[]> {
    this.cluster.check();
    this.described.push(groups.length);
    return groups.flatMap(({ groupId }) => this.#groups.get(groupId)?.group ?? []);
  }

  override async describe(groupId: string): Promise<GroupDescription | undefined> {
    this.cluster.check();
    return this.#groups.get(groupId)?.group;
  }

  override async describeWithOffsets(groupId: string): Promise<GroupWithOffsets | undefined> {
    this.cluster.check();
    return this.#groups.get(groupId);
  }

  override async endOffsets(partitions: readonly TopicPartition[]): Promise<readonly bigint[]> {
    this.beforeEnds?.();
    return partitions.map((partition) => this.cluster.offsets(partition).end);
  }

  override async delete(groupId: string): Promise<void> {
    this.cluster.check();
    this.#empty(groupId);
    this.#groups.delete(groupId);
  }

  override async setOffsets(groupId: string, offsets: readonly TopicPartitionOffset[]): Promise<void> {
    this.cluster.check();
    const { group, committed } = this.#empty(groupId);
    const all = new Map(committed.map((one) => [`${one.partition} ${one.topic}`, one]));
    for (const one of offsets) all.set(`${one.partition} ${one.topic}`, { ...one, metadata: '' });
    this.#groups.set(groupId, { group, committed: [...all.values()] });
  }

  #empty(groupId: string): GroupWithOffsets {
    const found = this.#groups.get(groupId);
    if (found === undefined) throw KafkaError.of('GROUP_ID_NOT_FOUND');
    if (found.group.members.length > 0) throw KafkaError.of('NON_EMPTY_GROUP');
    return found;
  }
}
