import type { TopicPartition } from '#libs/kafka/kafka-types.ts';
import type { FakeCluster } from './fake-cluster.ts';

/** What a group asks of its members. */
export interface FakeMember {
  /** Topics of the cluster that the member wants. */
  wanted(): readonly string[];
  /** Takes over a new assignment. */
  reassign(partitions: readonly TopicPartition[]): Promise<void>;
}

/** A consumer group: partitions go round among the members that want their topic, in the order of joining. */
export class FakeGroup {
  readonly #members: FakeMember[] = [];
  #rebalances: Promise<void> = Promise.resolve();

  constructor(private readonly cluster: FakeCluster) {}

  join(member: FakeMember): void {
    this.#members.push(member);
    this.rebalance();
  }

  async leave(member: FakeMember): Promise<void> {
    const at = this.#members.indexOf(member);
    if (at === -1) return;
    this.#members.splice(at, 1);
    this.rebalance();
    await this.#rebalances;
  }

  /** Assigns anew, in the background. */
  rebalance(): void {
    this.#rebalances = this.#rebalances.then(() => this.#assign());
  }

  async #assign(): Promise<void> {
    const members = [...this.#members];
    const shares = new Map(members.map((member): [FakeMember, TopicPartition[]] => [member, []]));
    for (const topic of this.cluster.topicNames()) {
      const takers = members.filter((member) => member.wanted().includes(topic));
      const count = takers.length === 0 ? 0 : (this.cluster.describe(topic)?.partitions.length ?? 0);
      for (let partition = 0; partition < count; partition++) {
        const taker = takers[partition % takers.length];
        if (taker !== undefined) shares.get(taker)?.push({ topic, partition });
      }
    }
    await Promise.all(members.map((member) => member.reassign(shares.get(member) ?? [])));
  }
}
