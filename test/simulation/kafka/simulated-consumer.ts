import { partitionKey } from '#libs/consumers/partition-key.ts';
import {
  IllegalStateError,
  KafkaConsumer,
  type KafkaConsumerOptions,
  type PollOptions,
  type RebalanceListener,
} from '#libs/kafka/kafka-consumer.ts';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import type {
  ConsumerRecord,
  OffsetAndMetadata,
  TopicPartition,
  TopicPartitionOffset,
} from '#libs/kafka/kafka-types.ts';
import { isUnanswered, type BrokerLink } from './broker-link.ts';
import type { Identity } from './group-coordinator.ts';
import { GroupMembership } from './group-membership.ts';
import { WakeUp } from './wake-up.ts';

/** One partition while it is ours; a new object when it comes again. */
interface PartitionState {
  readonly partition: number;
  position: number | undefined;
  /** Where to begin when nothing was committed. */
  uncommitted: number | undefined;
  /** Rises when the position was moved by anything but a poll. */
  version: number;
  isLookedUp: boolean;
}

const requestMs = 1_000;
const pauseMs = 100;

/** A consumer of the simulated broker, with the semantics of the real one; its positions are all that it buffers. */
export class SimulatedConsumer extends KafkaConsumer {
  readonly #wakeUp: WakeUp;
  readonly #states = new Map<number, PartitionState>();
  #topics: readonly string[] = [];
  #membership: GroupMembership | undefined;
  #left: Promise<void> = Promise.resolve();
  /** The listener is being told that these go. */
  #going: { readonly lost: boolean } | undefined;
  #hasResumed = false;
  #isClosed = false;
  #lastPoll: ReadonlyMap<number, { readonly state: PartitionState; readonly version: number }> = new Map();

  constructor(
    private readonly link: BrokerLink,
    private readonly options: KafkaConsumerOptions,
    private readonly listener: RebalanceListener,
  ) {
    super();
    this.#wakeUp = new WakeUp(link);
  }

  override subscribe(topics: readonly string[]): void {
    this.#mustBeOpen();
    this.#topics = topics;
    if (this.#membership !== undefined && this.#membership.phase !== 'fenced') return;
    if (this.#membership === undefined && this.#states.size > 0) throw new IllegalStateError('exclusive');
    this.#states.clear();
    const membership: GroupMembership = new GroupMembership(this.link, this.options, {
      owned: () => (this.#membership === membership ? [...this.#states.keys()] : []),
      revoke: (partitions, lost) => this.#revoke(membership, partitions, lost),
      assign: (partitions, generationId) => this.#assign(membership, partitions, generationId),
      changed: () => this.#wakeUp.fire(),
    });
    this.#membership = membership;
    membership.start(this.#left);
  }

  override subscribePattern(): void {
    throw new IllegalStateError('patterns are not simulated');
  }

  override async unsubscribe(): Promise<void> {
    const membership = this.#membership;
    const leave = async (): Promise<void> => {
      const owned = [...this.#states.keys()];
      if (membership !== undefined && owned.length > 0) await this.#revoke(membership, owned, false);
      if (this.#membership === membership) this.#membership = undefined;
      this.#topics = [];
      this.#states.clear();
      this.#wakeUp.fire();
      await membership?.stop(true);
    };
    this.#left = this.#left.then(leave);
    await this.#left;
  }

  override assign(partitions: readonly TopicPartition[]): void {
    this.#mustBeOpen();
    if (this.#membership !== undefined) throw new IllegalStateError('exclusive');
    const kept = new Set(partitions.map(({ partition }) => partition));
    for (const partition of this.#states.keys()) if (!kept.has(partition)) this.#states.delete(partition);
    for (const partition of kept) this.#add(partition);
    this.#wakeUp.fire();
  }

  override subscription(): readonly string[] {
    return this.#topics;
  }

  override assignment(): readonly TopicPartition[] {
    return [...this.#states.keys()].map((partition) => ({ topic: this.link.topic, partition }));
  }

  override async poll(options: PollOptions): Promise<readonly ConsumerRecord[]> {
    this.#mustBeOpen();
    const { maxRecords = 100, signal, timeoutMs } = options;
    const deadline = this.link.now + timeoutMs;
    for (;;) {
      if (this.#hasEnded(signal)) return [];
      if (this.#membership?.phase === 'fenced') throw KafkaError.of('FENCED_INSTANCE_ID');
      for (const state of this.#states.values()) this.#lookUp(state);
      const leftMs = Math.max(0, deadline - this.link.now);
      const records = await this.#fetch(maxRecords, leftMs, signal);
      if (this.#hasEnded(signal)) return [];
      const taken = this.#take(records);
      if (taken.length > 0 || this.link.now >= deadline) return taken;
    }
  }

  override unpoll(records: readonly ConsumerRecord[]): void {
    for (const { offset, partition } of records) {
      const polled = this.#lastPoll.get(partition);
      if (polled === undefined || this.#states.get(partition) !== polled.state) continue;
      const { state, version } = polled;
      if (state.version !== version || state.position === undefined) continue;
      state.position = Math.min(state.position, Number(offset));
    }
    this.#wakeUp.fire();
  }

  override seek(partition: TopicPartition, offset: bigint): void {
    const state = this.#states.get(partition.partition);
    if (state === undefined)
      throw new IllegalStateError(`No current assignment for ${partitionKey(partition)}`);
    state.position = Number(offset);
    state.version += 1;
    this.#wakeUp.fire();
  }

  override seekToBeginning(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.seek(partition, 0n);
  }

  override seekToEnd(): void {
    throw new IllegalStateError('not simulated');
  }

  override positions(): readonly TopicPartitionOffset[] {
    const { topic } = this.link;
    return [...this.#states.values()].flatMap(({ partition, position }) =>
      position === undefined ? [] : [{ topic, partition, offset: BigInt(position) }],
    );
  }

  override async commit(offsets: readonly OffsetAndMetadata[], timeoutMs: number): Promise<void> {
    this.#mustBeOpen();
    const deadline = this.link.now + timeoutMs;
    const toCommit = new Map(offsets.map(({ offset, partition }) => [partition, Number(offset)]));
    const generationId = this.#membership?.identity.generationId;
    const { groupId } = this.options;
    for (;;) {
      const identity = await this.#committer(deadline);
      if (identity?.generationId !== generationId) throw KafkaError.of('ILLEGAL_GENERATION');
      const limitMs = Math.max(1, Math.min(requestMs, deadline - this.link.now));
      try {
        await this.link.ask(limitMs, (broker) => broker.commit(groupId, identity, toCommit));
        return;
      } catch (error) {
        this.#membership?.check();
        if (!isUnanswered(error) || this.link.now >= deadline) throw error;
        await this.#wakeUp.wait(pauseMs);
      }
    }
  }

  override async committed(partitions: readonly TopicPartition[]): Promise<readonly OffsetAndMetadata[]> {
    const { groupId } = this.options;
    const known = await this.link.ask(requestMs, (broker) => new Map(broker.group(groupId).committed));
    return partitions.flatMap(({ partition, topic }) => {
      const offset = known.get(partition);
      return offset === undefined ? [] : [{ topic, partition, offset: BigInt(offset), metadata: '' }];
    });
  }

  override membership(): { readonly memberId: string; readonly generationId: number } | undefined {
    const { generationId = -1, memberId = '' } = this.#membership?.identity ?? {};
    return generationId < 0 ? undefined : { memberId, generationId };
  }

  override async close({ leave }: { readonly leave: boolean }): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#states.clear();
    const membership = this.#membership;
    this.#membership = undefined;
    this.#wakeUp.fire();
    await Promise.all([this.#left, membership?.stop(leave)]);
  }

  async #committer(deadline: number): Promise<Identity | undefined> {
    const membership = this.#membership;
    if (membership === undefined) return undefined;
    while (this.#going?.lost !== false && membership.phase !== 'stable') {
      if (membership.phase === 'fenced') throw KafkaError.of('FENCED_INSTANCE_ID');
      if (this.#isClosed || this.#going !== undefined) throw KafkaError.of('UNKNOWN_MEMBER_ID');
      const leftMs = deadline - this.link.now;
      if (leftMs <= 0) throw KafkaError.of('REBALANCE_IN_PROGRESS');
      await this.#wakeUp.wait(leftMs);
    }
    return membership.identity;
  }

  async #fetch(maxRecords: number, leftMs: number, signal?: AbortSignal): Promise<readonly ConsumerRecord[]> {
    const from = [...this.#states.values()].flatMap((state) =>
      state.position !== undefined && this.#mayRead()
        ? [{ partition: state.partition, offset: state.position }]
        : [],
    );
    if (from.length === 0) {
      await this.#wakeUp.wait(Math.min(leftMs, requestMs), signal);
      return [];
    }
    const fetched = this.link.ask(leftMs + requestMs, (broker) =>
      broker.logs.fetch(from, maxRecords, leftMs),
    );
    let records: readonly ConsumerRecord[] = [];
    const arrival = fetched.then(
      (found) => void (records = found),
      () => this.#wakeUp.wait(pauseMs),
    );
    await Promise.race([arrival, this.#wakeUp.wait(leftMs + requestMs, signal)]);
    return records;
  }

  /** Only what still follows on the positions: those may have been moved meanwhile. */
  #take(records: readonly ConsumerRecord[]): readonly ConsumerRecord[] {
    if (!this.#mayRead()) return [];
    const polled = new Map<number, { readonly state: PartitionState; readonly version: number }>();
    const taken: ConsumerRecord[] = [];
    for (const record of records) {
      const state = this.#states.get(record.partition);
      if (state?.position !== Number(record.offset)) continue;
      state.position += 1;
      polled.set(record.partition, { state, version: state.version });
      taken.push(record);
    }
    this.#lastPoll = polled;
    return taken;
  }

  #mayRead(): boolean {
    if (this.#going !== undefined) return false;
    return this.#membership === undefined || this.#membership.isTrusted;
  }

  #add(partition: number): PartitionState {
    const known = this.#states.get(partition);
    if (known !== undefined) return known;
    const state = { partition, position: undefined, uncommitted: undefined, version: 0, isLookedUp: false };
    this.#states.set(partition, state);
    return state;
  }

  /** Finds out where to begin: what was committed, else what is said, else auto.offset.reset. */
  #lookUp(state: PartitionState): void {
    if (state.position !== undefined || state.isLookedUp) return;
    state.isLookedUp = true;
    const { autoOffsetReset, groupId } = this.options;
    const { partition } = state;
    const found = this.link.ask(requestMs, (broker) => ({
      committed: broker.group(groupId).committed.get(partition),
      end: broker.logs.end(partition),
    }));
    found.then(
      ({ committed, end }) => {
        const reset = autoOffsetReset === 'latest' ? end : 0;
        state.position ??= committed ?? state.uncommitted ?? reset;
        this.#wakeUp.fire();
      },
      () => {
        state.isLookedUp = false;
        this.#wakeUp.fire();
      },
    );
  }

  async #assign(
    membership: GroupMembership,
    partitions: readonly number[],
    generationId: number,
  ): Promise<void> {
    if (this.#membership !== membership || this.#isClosed) return;
    const states = partitions.map((partition) => this.#add(partition));
    this.#resume(states, generationId);
    await this.listener.onAssigned(this.#named(partitions));
    for (const state of states) this.#lookUp(state);
    this.#wakeUp.fire();
  }

  #resume(states: readonly PartitionState[], generationId: number): void {
    const { resume } = this.options;
    if (this.#hasResumed || resume === undefined) return;
    this.#hasResumed = true;
    const offsets = new Map(resume.positions.map(({ offset, partition }) => [partition, Number(offset)]));
    for (const state of states) {
      const offset = offsets.get(state.partition);
      if (resume.generationId === generationId) state.position = offset;
      else state.uncommitted = offset;
    }
  }

  async #revoke(membership: GroupMembership, partitions: readonly number[], lost: boolean): Promise<void> {
    if (this.#membership !== membership || this.#isClosed) return;
    this.#going = { lost };
    this.#wakeUp.fire();
    await this.listener.onRevoked(this.#named(partitions), lost);
    for (const partition of partitions) this.#states.delete(partition);
    this.#going = undefined;
    this.#wakeUp.fire();
  }

  #named(partitions: readonly number[]): readonly TopicPartition[] {
    return partitions.map((partition) => ({ topic: this.link.topic, partition }));
  }

  #hasEnded(signal: AbortSignal | undefined): boolean {
    return this.#isClosed || signal?.aborted === true;
  }

  #mustBeOpen(): void {
    if (this.#isClosed) throw new IllegalStateError('This consumer has already been closed.');
  }
}
