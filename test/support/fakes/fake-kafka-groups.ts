import {
  KafkaGroups,
  type GroupDescription,
  type GroupWithOffsets,
  type ListedGroup,
} from '#libs/kafka/kafka-groups.ts';
import type { OffsetAndMetadata, TopicPartition } from '#libs/kafka/kafka-types.ts';
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
}
