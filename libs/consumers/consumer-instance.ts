import { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { KafkaConsumer, RebalanceListener } from '#libs/kafka/kafka-consumer.ts';
import { IllegalStateError } from '#libs/kafka/illegal-state-error.ts';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import type { OffsetAndMetadata, TopicPartition } from '#libs/kafka/kafka-types.ts';
import { Commits } from './commits.ts';
import { ConsumerInstanceMovedError } from './consumer-instance-moved.error.ts';
import { ConsumerCounts } from './consumer-counts.ts';
import type { ConsumerInstanceListener } from './consumer-instance-listener.ts';
import type { ConsumerInstanceOptions } from './consumer-instance-options.ts';
import type { ConsumerInstanceParts } from './consumer-instance-parts.ts';
import type { ConsumerInstanceState } from './consumer-registry.ts';
import { Deliveries } from './deliveries.ts';
import type { Delivery } from './delivery.ts';
import { FormerState } from './former-state.ts';
import { InOrder } from './in-order.ts';
import { kafkaConsumerOptions } from './kafka-consumer-options.ts';
import { Reads, type ReadRequest } from './reads.ts';
import { requireAssigned } from './require-assigned.ts';
import { resumeSource } from './resume-source.ts';
import type { Seek } from './seek.ts';
import { isLegalTopic, Subscription, type Source } from './subscription.ts';
import { ToldPositions } from './told-positions.ts';
import type { TopicPattern } from './topic-pattern.ts';

/** A rebalance and a hand-over wait so long for a delivery that is still being written. */
const graceMs = 2_000;
/** What a consumer may spend on its last commit. */
const lastCommitMs = 3_000;

/**
 * One consumer instance: a member of a group, or a reader of assigned partitions, and what its client has got so far.
 *
 * Reads go one at a time and in order; everything else goes beside them. Once closed, reads end with nothing.
 */
export class ConsumerInstance implements RebalanceListener {
  readonly #consumer: KafkaConsumer;
  readonly #counts: ConsumerCounts;
  readonly #deliveries: Deliveries;
  readonly #commits: Commits;
  readonly #reads: Reads;
  readonly #told: ToldPositions;
  readonly #subscription = new Subscription();
  readonly #changes = new InOrder();
  readonly #former: FormerState;
  #busy = 0;
  #usedAt: number;
  #closing: Promise<void> | undefined;
  /** From when its partitions were still its own; undefined while they are. */
  #lastState: ConsumerInstanceState | undefined;
  /** Another process goes on with it, or may. */
  #hasMoved = false;

  constructor(
    readonly options: ConsumerInstanceOptions,
    private readonly parts: ConsumerInstanceParts,
    private readonly listener: ConsumerInstanceListener<ConsumerInstance>,
    /** Of whom it continues; `resume` is to be called then. */
    state?: ConsumerInstanceState,
  ) {
    const { clock, config, consumers } = parts;
    this.#counts = parts.counts ?? new ConsumerCounts();
    this.#consumer = consumers.create(kafkaConsumerOptions(options, config, state), this);
    const heard = { written: () => this.touch(), confirmed: () => this.#confirmed() };
    this.#deliveries = new Deliveries(this.#consumer, clock, heard, this.#counts);
    const { autoCommitIntervalMs, defaultApiTimeoutMs: timeoutMs } = config;
    const often = { autoCommit: options.autoCommit, autoCommitIntervalMs, timeoutMs };
    this.#commits = new Commits(this.#consumer, this.#deliveries, clock, often, (error) =>
      listener.commitFailed(this, error),
    );
    this.#reads = new Reads(this.#consumer, this.#deliveries, parts.serde, clock, {
      fetchMinBytes: options.fetchMinBytes,
      maxRecords: config.maxPollRecords,
    });
    this.#told = new ToldPositions(this.#consumer, this.#deliveries, {
      persist: () => this.persist(),
      saving: (since) => listener.saving(this, since)?.then(() => this.#requireHere()),
    });
    this.#former = new FormerState(this.#consumer, state);
    this.#usedAt = clock.now();
  }

  /** When it was used last, by the clock; now while it is in use. */
  get usedAt(): number {
    return this.isInUse ? this.parts.clock.now() : this.#usedAt;
  }

  get isInUse(): boolean {
    return this.#busy > 0 || this.#deliveries.underWay;
  }

  /** Records delivered of which it is not known whether they have arrived. */
  get unconfirmed(): number {
    return this.#deliveries.unconfirmed;
  }

  /** @param idleMs how long ago it was used */
  touch(idleMs = 0): void {
    this.#usedAt = this.parts.clock.now() - idleMs;
  }

  /**
   * Goes on where another process has stopped, before anything else is asked of the instance.
   *
   * @param pattern that of the source, if it has one
   */
  resume(state: ConsumerInstanceState, pattern: TopicPattern | undefined): void {
    resumeSource(this.#consumer, state, pattern);
    this.#subscription.set(state.source);
  }

  /** Replaces the topics read; none unsubscribes. @throws {IllegalStateError} after a pattern or an assignment */
  async subscribe(topics: readonly string[]): Promise<void> {
    await this.#inOrder(async () => {
      if (topics.length === 0) return this.#leaveSource();
      this.#subscription.require('topics');
      const legal = topics.filter(isLegalTopic);
      // Kafka refuses all topics for the sake of one: the reads say so, and the group hears of the others only.
      if (legal.length > 0) this.#consumer.subscribe(legal);
      else await this.#leaveSource();
      await this.#sourceIs({ kind: 'topics', topics });
    });
  }

  /** @throws {IllegalStateError} after topics or an assignment */
  async subscribePattern(pattern: TopicPattern): Promise<void> {
    await this.#inOrder(async () => {
      this.#subscription.require('pattern');
      this.#consumer.subscribePattern(pattern);
      await this.#sourceIs({ kind: 'pattern', pattern: pattern.source });
    });
  }

  /** Replaces the partitions read; none unsubscribes. @throws {IllegalStateError} after a subscription */
  async assign(partitions: readonly TopicPartition[]): Promise<void> {
    await this.#inOrder(async () => {
      if (partitions.length === 0) return this.#leaveSource();
      this.#subscription.require('assigned');
      await this.#lastCommit();
      this.#consumer.assign(partitions);
      this.#deliveries.keep(partitions);
      this.#told.restart();
      await this.#sourceIs({ kind: 'assigned', partitions });
    });
  }

  /** Leaves the group or drops the assignment; waiting reads end with nothing. */
  async unsubscribe(): Promise<void> {
    await this.#inOrder(() => this.#leaveSource());
  }

  /** Topics subscribed to; with a pattern those that match it now. */
  subscription(): readonly string[] {
    const { current } = this.#subscription;
    return current.kind === 'topics' ? current.topics : this.#consumer.subscription();
  }

  assignment(): readonly TopicPartition[] {
    return this.#consumer.assignment();
  }

  /**
   * Delivers records, or waits for them: those that follow what was delivered, starting with what was not confirmed.
   *
   * @returns an empty delivery when the time is up, the instance was closed or unsubscribed, or nobody waits any more
   * @throws {IllegalStateError | RestError | KafkaError} 408/40801: the next record cannot be decoded; 429: too many wait
   */
  async read(request: ReadRequest): Promise<Delivery> {
    const startedAt = this.parts.clock.now();
    const delivery = await this.use(() => {
      this.#subscription.requireReadable();
      return this.#reads.read(request);
    });
    this.#counts.reads.observe((this.parts.clock.now() - startedAt) / 1000);
    // Where it begins to read is known now, and committed when nothing comes.
    if (delivery.records.length === 0) this.#commits.arm();
    await this.#told.before(delivery, startedAt);
    return delivery;
  }

  /**
   * Waits until whoever may go on with the instance knows its source and its positions; not for long.
   *
   * @throws {ConsumerInstanceMovedError} when somebody has gone on with it already, and knows nothing of them
   */
  async persist(): Promise<void> {
    this.touch();
    await this.listener.persist(this);
    this.#requireHere();
  }

  /**
   * Moves positions, all or none; drops what was buffered of these partitions. A read that waits goes on from there.
   *
   * @throws {IllegalStateError} when one is not assigned
   */
  seek(seeks: readonly Seek[]): void {
    this.requireAssigned(seeks);
    for (const { topic, partition, to } of seeks) {
      const place = { topic, partition };
      if (to === 'beginning') this.#consumer.seekToBeginning([place]);
      else if (to === 'end') this.#consumer.seekToEnd([place]);
      else this.#consumer.seek(place, to);
      this.#deliveries.moved(place, typeof to === 'bigint' ? to : undefined);
    }
    this.#reads.supersede();
    this.#commits.arm();
    this.listener.changed(this);
  }

  /** @throws {IllegalStateError} when one is not assigned */
  requireAssigned(partitions: readonly TopicPartition[]): void {
    this.#requireOpen();
    requireAssigned(this.#consumer.assignment(), partitions);
  }

  /** Commits all that was confirmed. @throws {KafkaError} */
  async commitConfirmed(): Promise<void> {
    this.#requireOpen();
    await this.use(() => this.#commits.confirmed());
  }

  /** Commits what the client says, whoever owns it. @throws {KafkaError} */
  async commit(offsets: readonly OffsetAndMetadata[]): Promise<void> {
    this.#requireOpen();
    await this.use(() => this.#commits.offsets(offsets));
  }

  /** @returns without those that have none. @throws {KafkaError} */
  async committed(partitions: readonly TopicPartition[]): Promise<readonly OffsetAndMetadata[]> {
    this.#requireOpen();
    return this.use(() => this.#consumer.committed(partitions));
  }

  /** What another owner would have to know to go on. */
  state(): ConsumerInstanceState {
    return { ...(this.#lastState ?? this.#state()), usedAt: this.usedAt };
  }

  #state(): ConsumerInstanceState {
    return this.#former.completed({
      source: this.#subscription.current,
      positions: this.#deliveries.confirmedPositions(),
      membership: this.#consumer.membership(),
    });
  }

  /** Ends what waits now and lets nothing wait from now on; what is buffered is still delivered. */
  drain(): void {
    this.#reads.drain();
  }

  /**
   * Ends its reads, commits what was confirmed if it commits by itself, and closes. Never rejects.
   *
   * @param options.leave whether the group may share out its partitions at once
   */
  close(options: { readonly leave: boolean }): Promise<void> {
    this.#closing ??= this.#close(options);
    return this.#closing;
  }

  /**
   * Comes to an end so that another process can go on: its reads end, what changes the source and answers under way are
   * waited for, what was confirmed is committed if it commits by itself. The group is not told.
   *
   * @returns what the other process needs to know
   */
  async handOver(): Promise<ConsumerInstanceState> {
    const ended = Promise.withResolvers<void>();
    this.#hasMoved = true;
    this.#closing ??= ended.promise;
    this.#reads.close();
    await this.#changes.done;
    // Not the client goes on: what it hangs up on right now has to be delivered again.
    await this.#deliveries.certain(graceMs);
    this.#commits.stop();
    await this.#lastCommit();
    this.#keepState();
    await this.#consumer.close({ leave: false });
    ended.resolve();
    return this.state();
  }

  /** Drops everything and tells Kafka nothing: another has taken over. */
  async dropFenced(): Promise<void> {
    this.#hasMoved = true;
    this.#keepState();
    this.#closing ??= this.#consumer.close({ leave: false });
    this.#commits.stop();
    this.#reads.close();
    await this.#closing;
  }

  onAssigned(): void {
    if (this.#closing === undefined) this.#lastState = undefined;
    this.#reads.supersede();
    this.#told.restart();
    this.listener.changed(this);
  }

  async onRevoked(partitions: readonly TopicPartition[], lost: boolean): Promise<void> {
    this.#reads.supersede();
    if (lost) this.#keepState();
    else {
      if (this.#deliveries.concerns(partitions)) await this.#deliveries.certain(graceMs);
      await this.#commits.auto({ partitions, limitMs: lastCommitMs });
    }
    this.#deliveries.forget(partitions);
    this.#commits.forget(partitions);
  }

  async #close(options: { readonly leave: boolean }): Promise<void> {
    this.#reads.close();
    this.#commits.stop();
    await this.#lastCommit();
    this.#keepState();
    await this.#consumer.close(options);
  }

  #keepState(): ConsumerInstanceState {
    return (this.#lastState ??= this.#state());
  }

  async #leaveSource(): Promise<void> {
    this.#reads.end();
    await this.#lastCommit();
    await this.#consumer.unsubscribe();
    this.#deliveries.keep([]);
    await this.#sourceIs({ kind: 'none' });
  }

  /** Of an instance that commits by itself, before it gives partitions up. */
  async #lastCommit(): Promise<void> {
    if (!this.options.autoCommit) return;
    await this.#deliveries.settled();
    await this.#commits.auto({ limitMs: lastCommitMs });
  }

  async #sourceIs(source: Source): Promise<void> {
    this.#subscription.set(source);
    this.#former.forget();
    this.#lastState = undefined;
    this.#reads.supersede();
    await this.persist();
  }

  #confirmed(): void {
    this.#commits.arm();
    this.listener.changed(this);
  }

  /** What changes the source goes one by one. */
  async #inOrder(change: () => void | Promise<void>): Promise<void> {
    try {
      await this.#changes.do(() => {
        this.#requireOpen();
        return change();
      });
    } catch (error) {
      throw await this.#unlessMoved(error);
    }
  }

  #requireHere(): void {
    if (this.#hasMoved) throw new ConsumerInstanceMovedError();
  }

  #requireOpen(): void {
    this.#requireHere();
    if (this.#closing !== undefined) throw restErrors.consumerInstanceNotFound();
  }

  /** What fails because the instance was given up meanwhile, or is known better elsewhere, is done elsewhere. */
  async #unlessMoved(error: unknown): Promise<unknown> {
    if (error instanceof IllegalStateError && !this.#hasMoved) await this.listener.persist(this);
    if (!this.#hasMoved || error instanceof RestError) return error;
    return new ConsumerInstanceMovedError({ cause: error });
  }

  /**
   * Keeps the instance from expiring while it is in use.
   *
   * @throws {ConsumerInstanceMovedError} when the work fails because somebody else goes on with the instance
   */
  async use<T>(work: () => T | Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await work();
    } catch (error) {
      if (error instanceof KafkaError && error.kind === 'FENCED_INSTANCE_ID') {
        this.#hasMoved = true;
        this.listener.fenced(this);
      }
      throw await this.#unlessMoved(error);
    } finally {
      this.#busy -= 1;
      this.touch();
    }
  }
}
