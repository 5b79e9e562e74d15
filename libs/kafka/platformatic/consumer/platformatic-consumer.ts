import {
  IllegalStateError,
  KafkaConsumer,
  type KafkaConsumerOptions,
  type PollOptions,
  type RebalanceListener,
} from '../../kafka-consumer.ts';
import { KafkaError } from '../../kafka-error.ts';
import type {
  ConsumerRecord,
  OffsetAndMetadata,
  TopicPartition,
  TopicPartitionOffset,
} from '../../kafka-types.ts';
import { AssignedPartitions } from './assigned-partitions.ts';
import type { Assignor } from './assignors/assignor.ts';
import { CommitClaim } from './commit-claim.ts';
import type { ConsumerServices } from './consumer-services.ts';
import type { FetchShare } from './fetch/fetch-shares.ts';
import { PartitionFetcher } from './fetch/partition-fetcher.ts';
import type { MemberIdentity } from './group/group-requests.ts';
import { GroupSubscription } from './group-subscription.ts';
import type { Lookup, PartitionState } from './partition-state.ts';
import { PollBatch } from './poll-batch.ts';
import { PositionLookup } from './position-lookup.ts';
import { PositionResolver } from './position-resolver.ts';
import { Signal } from './signal.ts';
import type { TopicPattern } from './subscribed-topics.ts';
import { keyOf } from './topic-partitions.ts';

/** A pull consumer on the raw protocol; see the port. */
export class PlatformaticConsumer extends KafkaConsumer {
  readonly #services: ConsumerServices;
  readonly #options: KafkaConsumerOptions;
  readonly #assignors: readonly Assignor[];
  readonly #listener: RebalanceListener;
  readonly #assigned = new AssignedPartitions();
  readonly #fetcher: PartitionFetcher;
  readonly #resolver: PositionResolver;
  readonly #signal = new Signal();
  readonly #share: FetchShare;
  readonly #idleTimer: NodeJS.Timeout;
  #subscription: GroupSubscription | undefined;
  #isManual = false;
  #isPolling = false;
  #isClosed = false;
  #lastBatch: PollBatch | undefined;
  /** Ends when the last membership has been left. */
  #left = Promise.resolve();

  constructor(
    services: ConsumerServices,
    options: KafkaConsumerOptions,
    assignors: readonly Assignor[],
    listener: RebalanceListener,
  ) {
    super();
    this.#services = services;
    this.#options = options;
    this.#assignors = assignors;
    this.#listener = listener;
    const { connections, metadata, config } = services;
    const { groupId, autoOffsetReset: reset, isolationLevel: isolation } = options;
    const retry = connections.config;
    const changed = (): void => this.#changed();
    this.#share = services.shares.share();
    this.#fetcher = new PartitionFetcher(
      services.fetches,
      metadata,
      {
        isolation,
        reset,
        maxBytes: options.fetchMaxBytes,
        share: this.#share,
        maxPartitionBytes: options.maxPartitionFetchBytes,
        maxWaitMs: config.fetchMaxWaitMs,
        checkCrcs: config.checkCrcs,
        retryBackoffMs: retry.retryBackoffMs,
        retryBackoffMaxMs: retry.retryBackoffMaxMs,
      },
      changed,
    );
    this.#resolver = new PositionResolver(
      services.offsets,
      new PositionLookup(connections.config, services.lanes, metadata, isolation),
      {
        groupId,
        reset,
        requireStable: isolation === 'read_committed',
        retryBackoffMs: retry.retryBackoffMs,
        retryBackoffMaxMs: retry.retryBackoffMaxMs,
      },
      changed,
    );
    // Who has not polled for long may not poll for long: its records are fetched again then.
    this.#idleTimer = setTimeout(() => {
      if (this.#isPolling) return;
      this.#assigned.dropBuffers();
      this.#share.rest();
    }, keepBufferMs).unref();
  }

  override subscribe(topics: readonly string[]): void {
    this.#mustBeOpen();
    if (topics.length === 0) void this.unsubscribe();
    else this.#subscribe([...new Set(topics)], false);
  }

  override subscribePattern(pattern: TopicPattern): void {
    this.#mustBeOpen();
    this.#subscribe(pattern, true);
  }

  override async unsubscribe(): Promise<void> {
    this.#isManual = false;
    const subscription = this.#subscription;
    if (subscription === undefined) {
      this.#assigned.clear();
      this.#changed();
      return;
    }
    const leave = async (): Promise<void> => {
      await subscription.giveUp();
      if (this.#subscription === subscription) this.#subscription = undefined;
      this.#assigned.clear();
      this.#changed();
      await subscription.stop(true);
    };
    this.#left = this.#left.then(leave);
    await this.#left;
  }

  override assign(partitions: readonly TopicPartition[]): void {
    this.#mustBeOpen();
    if (this.#subscription !== undefined) throw new IllegalStateError(exclusive);
    this.#isManual = partitions.length > 0;
    const kept = new Set(partitions.map(keyOf));
    this.#assigned.remove(this.#assigned.list().filter((one) => !kept.has(keyOf(one))));
    this.#assigned.add(partitions);
    this.#changed();
  }

  override subscription(): readonly string[] {
    return this.#subscription?.names ?? [];
  }

  override assignment(): readonly TopicPartition[] {
    return this.#assigned.list();
  }

  override async poll(options: PollOptions): Promise<readonly ConsumerRecord[]> {
    this.#mustBeOpen();
    if (this.#subscription === undefined && !this.#isManual) throw new IllegalStateError(notSubscribed);
    if (this.#isPolling) throw new IllegalStateError(oneAtATime);
    this.#isPolling = true;
    this.#share.use();
    const batch = new PollBatch(options);
    try {
      await this.#collect(batch, options);
      if (options.signal?.aborted === true) return [];
      this.#lastBatch = batch;
      const records = batch.settle(this.#assigned.holds);
      if (records.length > 0) this.#fetcher.prefetch(this.#assigned.states);
      return records;
    } finally {
      // What has not been settled is as if it had not been taken.
      this.#assigned.putFirst(batch.undo(this.#assigned.holds));
      this.#isPolling = false;
      if (!this.#hasClosed()) this.#idleTimer.refresh();
    }
  }

  override unpoll(records: readonly ConsumerRecord[]): void {
    const touched = this.#lastBatch?.giveBack(records, this.#assigned.holds) ?? [];
    this.#assigned.putFirst(touched);
    this.#signal.fire();
  }

  override seek(partition: TopicPartition, offset: bigint): void {
    if (offset < 0n) throw new RangeError('seek offset must not be a negative number');
    this.#stateOf(partition).seek(offset);
    this.#assigned.refresh();
    this.#signal.fire();
  }

  override seekToBeginning(partitions: readonly TopicPartition[]): void {
    this.#seekTo(partitions, 'earliest');
  }

  override seekToEnd(partitions: readonly TopicPartition[]): void {
    this.#seekTo(partitions, 'latest');
  }

  override positions(): readonly TopicPartitionOffset[] {
    return this.#assigned.positions();
  }

  override async commit(offsets: readonly OffsetAndMetadata[], timeoutMs: number): Promise<void> {
    this.#mustBeOpen();
    if (offsets.length === 0) return;
    const deadline = performance.now() + timeoutMs;
    const toCommit = offsets.map((one) => ({ ...one, leaderEpoch: this.#epochAt(one) }));
    const subscription = this.#subscription;
    const claim = new CommitClaim(this.#assigned, offsets, subscription?.identity.generationId ?? -1);
    for (;;) {
      const member = await this.#committer(subscription, deadline);
      if (!claim.stillHolds(member.generationId)) throw KafkaError.of('ILLEGAL_GENERATION', rebalancedAway);
      try {
        const leftMs = Math.max(deadline - performance.now(), 0);
        await this.#services.offsets.commit(member, toCommit, leftMs);
        return;
      } catch (error) {
        if (subscription === undefined || !(error instanceof KafkaError) || !isOfMember(error)) throw error;
        subscription.doubt();
        const isOvertaken =
          error.kind === 'REBALANCE_IN_PROGRESS' ||
          (error.kind === 'ILLEGAL_GENERATION' && subscription.hasMovedOn(member));
        if (!isOvertaken || performance.now() >= deadline) throw error;
        // The member learns of the rebalance by its own heartbeat.
        await this.#signal.wait(commitAgainMs);
      }
    }
  }

  override async committed(partitions: readonly TopicPartition[]): Promise<readonly OffsetAndMetadata[]> {
    const { groupId, isolationLevel } = this.#options;
    const { defaultApiTimeoutMs } = this.#services.config;
    const isStable = isolationLevel === 'read_committed';
    const found = await this.#services.offsets.committed(groupId, partitions, isStable, defaultApiTimeoutMs);
    return found.map(({ topic, partition, offset, metadata }) => ({ topic, partition, offset, metadata }));
  }

  override membership(): { readonly memberId: string; readonly generationId: number } | undefined {
    const { memberId = '', generationId = -1 } = this.#subscription?.identity ?? {};
    return generationId < 0 ? undefined : { memberId, generationId };
  }

  override async close({ leave }: { readonly leave: boolean }): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#idleTimer);
    this.#share.rest();
    this.#resolver.stop();
    this.#assigned.clear();
    this.#lastBatch = undefined;
    this.#signal.fire();
    const subscription = this.#subscription;
    this.#subscription = undefined;
    await Promise.all([this.#left, subscription?.stop(leave)]);
    // A reader of assigned partitions knows it for its commits; groups come and go without end.
    this.#services.coordinators.forget(this.#options.groupId);
  }

  /** Fills the batch until it has what the poll asked for, or the time is over. @throws {KafkaError} when it is empty */
  async #collect(batch: PollBatch, { timeoutMs, signal }: PollOptions): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      if (this.#isClosed || signal?.aborted === true) return;
      const isEnd = this.#take(batch, deadline);
      if (isEnd || batch.isEnough) return;
      this.#ask(batch, deadline);
      const leftMs = deadline - performance.now();
      if (batch.isEmpty) {
        const error = this.#subscription?.takeError() ?? (leftMs <= 0 ? this.#stalled() : undefined);
        if (error !== undefined) throw error;
      }
      if (leftMs <= 0) return;
      await this.#signal.wait(Math.min(leftMs, this.#untilRetryMs()), signal);
      this.#assigned.refresh();
    }
  }

  #take(batch: PollBatch, deadline: number): boolean {
    try {
      return this.#assigned.take(batch, (state) => this.#mayRead(state));
    } catch (error) {
      // The error of one partition does not keep the others from being fetched.
      this.#ask(batch, deadline);
      throw error;
    }
  }

  #ask(batch: PollBatch, deadline: number): void {
    const { missingBytes } = batch;
    const waitMs = waitOf(deadline - performance.now(), missingBytes);
    this.#fetcher.fetch(this.#readable(), waitMs, missingBytes);
    this.#resolver.resolve(this.#assigned.states);
  }

  /** Something came, went or failed, now or in the background. */
  #changed(): void {
    if (this.#isClosed) return;
    this.#assigned.refresh();
    this.#resolver.resolve(this.#assigned.states);
    this.#signal.fire();
  }

  #mayRead(state: PartitionState): boolean {
    return this.#subscription === undefined || this.#subscription.mayRead(state);
  }

  *#readable(): Generator<PartitionState> {
    for (const state of this.#assigned.states) if (this.#mayRead(state)) yield state;
  }

  #untilRetryMs(): number {
    const now = performance.now();
    let at = Infinity;
    for (const { retryAt } of this.#assigned.states) if (retryAt > now && retryAt < at) at = retryAt;
    return at - now + 1;
  }

  /** What has kept all reading from working for so long that an empty answer would be a lie. */
  #stalled(): KafkaError | undefined {
    const before = performance.now() - stalledMs;
    const { failing } = this.#subscription ?? {};
    if (failing !== undefined && failing.since < before) return failing.error;
    for (const { failing: one } of this.#assigned.states) {
      // Reading what does not exist yet is no failure.
      if (one !== undefined && one.since < before && one.error.kind !== 'UNKNOWN_TOPIC_OR_PARTITION')
        return one.error;
    }
    return undefined;
  }

  #subscribe(target: readonly string[] | TopicPattern, isPattern: boolean): void {
    if (this.#isManual) throw new IllegalStateError(exclusive);
    const current = this.#subscription;
    if (current !== undefined && !current.isFenced) {
      if (current.isPattern !== isPattern) throw new IllegalStateError(exclusive);
      current.change(target);
      this.#changed();
      return;
    }
    if (current !== undefined) {
      this.#assigned.clear();
      void current.stop(false);
    }
    this.#subscription = new GroupSubscription(this.#services, this.#options, this.#assignors, target, {
      listener: this.#listener,
      assigned: this.#assigned,
      before: this.#left,
      changed: () => this.#changed(),
    });
  }

  #seekTo(partitions: readonly TopicPartition[], lookup: Lookup): void {
    const states = partitions.map((one) => this.#stateOf(one));
    for (const state of states) state.seekTo(lookup);
    this.#changed();
  }

  #stateOf(partition: TopicPartition): PartitionState {
    const state = this.#assigned.get(partition);
    if (state === undefined)
      throw new IllegalStateError(`No current assignment for partition ${keyOf(partition)}`);
    return state;
  }

  #epochAt(one: TopicPartitionOffset): number {
    const state = this.#assigned.get(one);
    return state?.cursor === one.offset ? state.cursorEpoch : -1;
  }

  #committer(subscription: GroupSubscription | undefined, deadline: number): Promise<MemberIdentity> {
    if (subscription !== undefined) return subscription.committer(deadline);
    const { groupId } = this.#options;
    return Promise.resolve({ groupId, memberId: '', groupInstanceId: null, generationId: -1 });
  }

  #mustBeOpen(): void {
    if (this.#isClosed) throw new IllegalStateError('This consumer has already been closed.');
  }

  #hasClosed(): boolean {
    return this.#isClosed;
  }
}

const keepBufferMs = 30_000;
const stalledMs = 10_000;
const commitAgainMs = 50;

// Texts of the Java client.
const exclusive = 'Subscription to topics, partitions and pattern are mutually exclusive';
const notSubscribed = 'Consumer is not subscribed to any topics or assigned any partitions';
const oneAtATime = 'KafkaConsumer is not safe for multi-threaded access';
const rebalancedAway =
  'Commit cannot be completed since the group has already rebalanced and assigned the partitions to another member.';

/** How long a broker may hold a fetch: what it holds back for want of bytes has to be here before the poll ends. */
function waitOf(leftMs: number, missingBytes: number): number {
  return Math.max(0, missingBytes > 1 ? leftMs - Math.min(20, leftMs / 4) : leftMs);
}

/** Errors of a commit that say something about the membership. */
function isOfMember({ kind }: KafkaError): boolean {
  return (
    kind === 'REBALANCE_IN_PROGRESS' ||
    kind === 'ILLEGAL_GENERATION' ||
    kind === 'UNKNOWN_MEMBER_ID' ||
    kind === 'FENCED_INSTANCE_ID'
  );
}
