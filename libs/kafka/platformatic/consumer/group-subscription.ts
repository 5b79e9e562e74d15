import type { KafkaConsumerOptions, RebalanceListener } from '../../kafka-consumer.ts';
import { KafkaError } from '../../kafka-error.ts';
import type { TopicPartition } from '../../kafka-types.ts';
import type { AssignedPartitions } from './assigned-partitions.ts';
import type { Assignor } from './assignors/assignor.ts';
import type { ConsumerServices } from './consumer-services.ts';
import { asKafkaError } from './errors.ts';
import { GroupMember } from './group/group-member.ts';
import type { MemberIdentity } from './group/group-requests.ts';
import type { PartitionState } from './partition-state.ts';
import { ResumedPositions } from './resumed-positions.ts';
import { Signal, within } from './signal.ts';
import { SubscribedTopics, type TopicPattern } from './subscribed-topics.ts';
import { keyOf } from './topic-partitions.ts';

/** A subscription of a consumer: the topics, the membership, and the partitions that come and go with it. */
export class GroupSubscription {
  readonly #services: ConsumerServices;
  readonly #options: KafkaConsumerOptions;
  readonly #listener: RebalanceListener;
  readonly #assigned: AssignedPartitions;
  readonly #changed: () => void;
  readonly #member: GroupMember;
  readonly #signal = new Signal();
  readonly #before: Promise<void>;
  readonly #resumed: ResumedPositions;
  #topics: SubscribedTopics;
  #isStarted = false;
  #isStopped = false;
  /** The listener is being told that these go, and may commit them unless they are lost. */
  #going: { readonly keys: ReadonlySet<string>; readonly isLost: boolean } | undefined;
  #listenerError: KafkaError | undefined;

  /** @param before what has to end before this may join @param changed is called when a poll has to look again */
  constructor(
    services: ConsumerServices,
    options: KafkaConsumerOptions,
    assignors: readonly Assignor[],
    target: readonly string[] | TopicPattern,
    host: {
      readonly listener: RebalanceListener;
      readonly assigned: AssignedPartitions;
      readonly before: Promise<void>;
      changed(): void;
    },
  ) {
    this.#services = services;
    this.#options = options;
    this.#listener = host.listener;
    this.#assigned = host.assigned;
    this.#changed = (): void => {
      if (!this.#isStopped) host.changed();
      this.#signal.fire();
    };
    this.#member = new GroupMember(services, options, assignors, {
      topics: () => this.#topics.names,
      owned: () => (this.#isStopped ? [] : this.#assigned.list()),
      revoke: (partitions, lost) => this.#revoke(partitions, lost),
      assign: (added, generationId) => this.#assign(added, generationId),
      changed: () => this.#memberChanged(),
    });
    this.#before = host.before;
    this.#resumed = new ResumedPositions(options.resume);
    this.#topics = this.#follow(target);
  }

  get isPattern(): boolean {
    return this.#topics.isPattern;
  }

  get isFenced(): boolean {
    return this.#member.isFenced;
  }

  get names(): readonly string[] {
    return this.#topics.names;
  }

  get failing(): { readonly since: number; readonly error: KafkaError } | undefined {
    return this.#member.failing ?? this.#topics.failing;
  }

  get identity(): MemberIdentity {
    return this.#member.identity;
  }

  /** Subscribes to something else of the same kind. */
  change(target: readonly string[] | TopicPattern): void {
    if (this.#topics.isOf(target)) {
      // Nothing to rebalance the group for; but somebody wants to know.
      this.#services.watch.look(this.#topics);
      return;
    }
    this.#services.watch.unfollow(this.#topics);
    this.#topics = this.#follow(target);
    if (this.#topics.isKnown) this.#member.rejoin('the subscription has changed');
  }

  /** Whether a partition may be polled: it is still subscribed to, and surely still ours. */
  mayRead({ topic, key }: PartitionState): boolean {
    return this.#going?.keys.has(key) !== true && this.#topics.includes(topic) && this.#member.isTrusted;
  }

  /** An error that a poll has to tell of, before it waits. */
  takeError(): KafkaError | undefined {
    const error = this.#member.takeError() ?? this.#listenerError ?? this.#topics.error;
    if (error === this.#listenerError) this.#listenerError = undefined;
    return error;
  }

  /** As whom to commit; waits while the group rebalances. @throws {KafkaError} when that takes too long, or never ends */
  async committer(deadline: number): Promise<MemberIdentity> {
    for (;;) {
      if (this.#going?.isLost === false) return this.#member.identity;
      if (this.#isStopped || this.#going !== undefined || this.#member.isFenced)
        throw this.#member.takeError() ?? notAMember();
      if (this.#member.isStable) return this.#member.identity;
      const error = this.#member.takeError();
      if (error !== undefined) throw error;
      const ms = deadline - performance.now();
      if (ms <= 0) throw this.failing?.error ?? KafkaError.of('REBALANCE_IN_PROGRESS', rebalancing);
      await this.#signal.wait(ms);
    }
  }

  /** Whether a rebalance has overtaken, or may just overtake, what somebody did as `member`. */
  hasMovedOn(member: MemberIdentity): boolean {
    return !this.#member.isStable || this.#member.identity.generationId !== member.generationId;
  }

  /** The coordinator's answer to a commit says that the membership is not what we believe. */
  doubt(): void {
    this.#member.check();
  }

  /** Tells the listener that all partitions go, while commits are still possible. */
  async giveUp(): Promise<void> {
    const owned = this.#assigned.list();
    if (owned.length > 0) await this.#revoke(owned, false);
  }

  /** Ends it. Never rejects. */
  async stop(leave: boolean): Promise<void> {
    this.#isStopped = true;
    this.#services.watch.unfollow(this.#topics);
    this.#signal.fire();
    await this.#member.stop(leave);
  }

  #follow(target: readonly string[] | TopicPattern): SubscribedTopics {
    const topics = new SubscribedTopics(target, {
      topicsChanged: () => {
        if (this.#isStarted) this.#member.rejoin('other topics match the pattern');
        else this.#start();
        this.#changed();
      },
      partitionsChanged: () => this.#member.rejoin('the topics of the group have changed'),
      failed: () => this.#changed(),
      assignedCounts: () => this.#member.partitionCounts,
    });
    // The first look may come before the constructor has returned.
    this.#topics = topics;
    if (topics.isKnown && !this.#isStarted) this.#start();
    this.#services.watch.follow(topics);
    return topics;
  }

  #start(): void {
    this.#isStarted = true;
    this.#member.start(this.#before);
  }

  #memberChanged(): void {
    const counts = this.#member.partitionCounts;
    // A leader also waits for topics that only others subscribe to.
    if (!this.#isStopped && counts !== undefined && [...counts.values()].includes(0))
      this.#services.watch.look(this.#topics);
    this.#changed();
  }

  async #revoke(partitions: readonly TopicPartition[], lost: boolean): Promise<void> {
    if (this.#isStopped) return;
    this.#going = { keys: new Set(partitions.map(keyOf)), isLost: lost };
    // A commit that waits for the end of the rebalance is what the listener may be waiting for.
    this.#signal.fire();
    await this.#tell(() => this.#listener.onRevoked(partitions, lost));
    if (!this.#hasStopped()) this.#assigned.remove(partitions);
    this.#going = undefined;
    this.#changed();
  }

  async #assign(added: readonly TopicPartition[], generationId: number): Promise<void> {
    if (this.#isStopped) return;
    const states = this.#assigned.add(added);
    // The listener may seek before anything is looked up.
    for (const state of states) state.isHeld = true;
    this.#resumed.give(states, generationId);
    await this.#tell(() => this.#listener.onAssigned(added));
    for (const state of states) state.isHeld = false;
    this.#changed();
  }

  async #tell(call: () => void | Promise<void>): Promise<void> {
    try {
      // The group waits for this member meanwhile.
      await within(this.#options.sessionTimeoutMs / 2, Promise.resolve(call()));
    } catch (error) {
      this.#listenerError = asKafkaError(error);
    }
  }

  #hasStopped(): boolean {
    return this.#isStopped;
  }
}

const rebalancing =
  'Offset commit cannot be completed since the consumer group is executing a rebalance at the moment.';

function notAMember(): KafkaError {
  return KafkaError.of(
    'UNKNOWN_MEMBER_ID',
    'Offset commit cannot be completed since the consumer is not part of an active group for auto partition assignment; it is likely that the consumer was kicked out of the group.',
  );
}
