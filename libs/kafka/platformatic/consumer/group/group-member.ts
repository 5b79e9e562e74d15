import type { KafkaConsumerOptions } from '../../../kafka-consumer.ts';
import type { KafkaError } from '../../../kafka-error.ts';
import type { TopicPartition } from '../../../kafka-types.ts';
import { backoffMs } from '../../../retries.ts';
import type { Assignor, LastAssignment } from '../assignors/assignor.ts';
import { asKafkaError } from '../errors.ts';
import { Signal, within } from '../signal.ts';
import { without } from '../topic-partitions.ts';
import { decodeAssignment, encodeSubscription } from './consumer-protocol.ts';
import { isBusy, isForgotten, isUnreachable } from './group-errors.ts';
import type { GroupLeader } from './group-leader.ts';
import type { MemberIdentity } from './group-requests.ts';
import type { GroupTransport, JoinLink } from './group-transport.ts';

/** What a member works with. */
export interface MemberServices {
  readonly transport: GroupTransport;
  readonly leader: Pick<GroupLeader, 'assign'>;
  readonly backoff: { readonly retryBackoffMs: number; readonly retryBackoffMaxMs: number };
}

/** Whose member it is: it says what to subscribe to, and gets and loses partitions. */
export interface MemberHost {
  /** What to subscribe to. */
  topics(): readonly string[];
  /** What the group assigned and nobody revoked. */
  owned(): readonly TopicPartition[];
  /** Resolves when they may go to others. */
  revoke(partitions: readonly TopicPartition[], lost: boolean): Promise<void>;
  /** @param added what comes to the owned ones */
  assign(added: readonly TopicPartition[], generationId: number): Promise<void>;
  /** Something about the membership is different. */
  changed(): void;
}

/** `failed` waits until somebody has seen the error, `fenced` is the end. */
type Phase = 'joining' | 'stable' | 'failed' | 'fenced' | 'left';

/** A member of a group: joins, heartbeats and joins again, on its own, until it is stopped. */
export class GroupMember {
  readonly #services: MemberServices;
  readonly #options: KafkaConsumerOptions;
  readonly #assignors: readonly Assignor[];
  readonly #host: MemberHost;
  readonly #isCooperative: boolean;
  readonly #signal = new Signal();
  #phase: Phase = 'joining';
  #memberId = '';
  #generationId = -1;
  #last: LastAssignment | undefined;
  /** Why to join again; undefined while there is no reason. */
  #reason: string | undefined = 'the consumer has subscribed';
  #joining: JoinLink | undefined;
  /** A first join got no answer: until then the broker may still act on it, and fence us with it. */
  #hauntedUntil = -Infinity;
  /** When the coordinator last knew us, of performance.now(). */
  #heardAt = -Infinity;
  #failing: { readonly since: number; readonly error: KafkaError } | undefined;
  #error: KafkaError | undefined;
  #partitionCounts: ReadonlyMap<string, number> | undefined;

  constructor(
    services: MemberServices,
    options: KafkaConsumerOptions,
    assignors: readonly Assignor[],
    host: MemberHost,
  ) {
    this.#services = services;
    this.#options = options;
    this.#assignors = assignors;
    this.#host = host;
    this.#isCooperative = assignors.every(({ cooperative }) => cooperative);
    const { positions = [], generationId } = options.resume ?? {};
    if (generationId !== undefined) {
      this.#last = { partitions: positions, generationId };
    }
  }

  /** Joins when `before` is over, and stays a member from then on. */
  start(before: Promise<void>): void {
    void before.then(() => this.#live());
  }

  get identity(): MemberIdentity {
    return {
      groupId: this.#options.groupId,
      groupInstanceId: this.#options.groupInstanceId,
      memberId: this.#memberId,
      generationId: this.#generationId,
    };
  }

  get isStable(): boolean {
    return this.#phase === 'stable' && this.#reason === undefined;
  }

  /** Another member has its instance id. */
  get isFenced(): boolean {
    return this.#phase === 'fenced';
  }

  /** Whether the group can have given the partitions to nobody else. */
  get isTrusted(): boolean {
    if (this.#phase === 'fenced') return false;
    return this.#joining !== undefined || performance.now() - this.#heardAt < this.#options.sessionTimeoutMs;
  }

  /** Since when the group could not be reached, and why. */
  get failing(): { readonly since: number; readonly error: KafkaError } | undefined {
    return this.#failing;
  }

  /** What the leader knew of topics when it assigned; undefined for all others. */
  get partitionCounts(): ReadonlyMap<string, number> | undefined {
    return this.#partitionCounts;
  }

  /** An error that no retry helps, for whoever polls or commits; after it has been seen, it is tried again. */
  takeError(): KafkaError | undefined {
    const error = this.#error;
    if (this.#phase === 'failed') {
      this.#error = undefined;
      this.#signal.fire();
    }
    return error;
  }

  /** Joins again: what it told the group is not true any more. */
  rejoin(reason: string): void {
    this.#reason ??= reason;
    this.#signal.fire();
  }

  /** Asks the coordinator now whether it still knows us: an answer made us doubt. */
  check(): void {
    this.#signal.fire();
  }

  /** Ends it. `leave`: its partitions go to others at once. Never rejects; takes two seconds at most. */
  async stop(leave: boolean): Promise<void> {
    // Whoever fenced it is the member now; a broker that was never asked knows of none.
    const hasJoined = this.#memberId !== '' || this.#joining !== undefined || this.#hauntedUntil > 0;
    const isMember = this.#phase !== 'fenced' && hasJoined;
    this.#phase = 'left';
    this.#signal.fire();
    if (leave && isMember) await within(leaveTimeoutMs, this.#leave());
    this.#joining?.abandon();
    this.#services.transport.forget(this.#options.groupId);
  }

  /** Never rejects. */
  async #live(): Promise<void> {
    for (let failures = 0; this.#phase !== 'left' && this.#phase !== 'fenced';) {
      try {
        await this.#join();
        failures = 0;
        await this.#beat();
      } catch (error) {
        await this.#recover(asKafkaError(error), failures++);
      }
    }
    const owned = this.#host.owned();
    if (this.isFenced) {
      if (owned.length > 0) await this.#host.revoke(owned, true);
      this.#host.changed();
    }
  }

  async #recover(error: KafkaError, failures: number): Promise<void> {
    if (this.#phase === 'left' || this.#phase === 'fenced') return;
    const isFenced = error.kind === 'FENCED_INSTANCE_ID';
    if (isFenced && performance.now() > this.#hauntedUntil) {
      this.#phase = 'fenced';
      this.#error = error;
      return;
    }
    this.#reason ??= error.kind;
    if (isForgotten(error) || isFenced) {
      if (isFenced) this.#hauntedUntil = -Infinity;
      this.#generationId = -1;
      if (error.kind !== 'ILLEGAL_GENERATION') this.#memberId = '';
    } else if (isUnreachable(error)) {
      this.#services.transport.forget(this.#options.groupId);
      this.#fails(error);
    } else if (!isBusy(error)) {
      this.#phase = 'failed';
      this.#error = error;
      this.#host.changed();
      while (this.#isFailed() && this.#error !== undefined) await this.#signal.wait(Infinity);
      if (this.#isFailed()) this.#phase = 'joining';
    }
    // Being told to join again is no failure.
    if (!isForgotten(error) || failures > 0) await this.#pause(failures);
  }

  async #join(): Promise<void> {
    this.#phase = 'joining';
    await this.#prepare();
    const reason = this.#reason ?? 'the group rebalances';
    this.#reason = undefined;
    const connection = await this.#services.transport.openJoin(this.identity);
    try {
      if (this.#hasEnded()) return;
      this.#joining = connection;
      await this.#joinOver(connection, reason);
    } catch (error) {
      if (this.#memberId === '' && isUnreachable(asKafkaError(error)))
        this.#hauntedUntil = performance.now() + hauntedMs;
      throw error;
    } finally {
      this.#joining = undefined;
      connection.release();
    }
  }

  /** Gives up what cannot be kept through a rebalance. */
  async #prepare(): Promise<void> {
    const owned = this.#host.owned();
    const isLost = this.#generationId < 0;
    const topics = new Set(this.#host.topics());
    const goes = isLost || !this.#isCooperative ? owned : owned.filter(({ topic }) => !topics.has(topic));
    if (goes.length > 0) await this.#host.revoke(goes, isLost);
  }

  async #joinOver(connection: JoinLink, reason: string): Promise<void> {
    const { sessionTimeoutMs, rebalanceTimeoutMs } = this.#options;
    const protocols = this.#protocols();
    const answer = await connection.join(this.identity, {
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      protocols,
      reason,
    });
    this.#memberId = answer.memberId;
    this.#generationId = answer.generationId;
    this.#heard();
    const isLeader = answer.leader === answer.memberId;
    const { leader } = this.#services;
    const work = isLeader ? await leader.assign(this.#assignors, answer, this.#partitionCounts) : undefined;
    this.#partitionCounts = work?.partitionCounts;
    const share = await connection.sync(
      this.identity,
      answer.protocolName,
      work?.assignments ?? [],
      rebalanceTimeoutMs,
    );
    this.#heard();
    if (!this.#hasEnded()) await this.#take(decodeAssignment(share));
  }

  #protocols(): { name: string; metadata: Buffer }[] {
    const topics = this.#host.topics();
    const owned = this.#host.owned();
    const ownedPartitions = !this.#isCooperative ? [] : owned.length > 0 ? owned : this.#resumedPartitions();
    // What the group has forgotten us for is no claim.
    const generationId = this.#generationId >= 0 ? this.#generationId : this.#resumedGeneration();
    return this.#assignors.map((assignor) => ({
      name: assignor.name,
      metadata: encodeSubscription({
        topics,
        userData: assignor.userData(this.#last),
        ownedPartitions,
        generationId,
      }),
    }));
  }

  #resumedPartitions(): readonly TopicPartition[] {
    return this.#memberId === '' && this.#heardAt === -Infinity
      ? (this.#options.resume?.positions ?? [])
      : [];
  }

  #resumedGeneration(): number {
    return this.#heardAt === -Infinity ? (this.#options.resume?.generationId ?? -1) : -1;
  }

  async #take(share: readonly TopicPartition[]): Promise<void> {
    const topics = new Set(this.#host.topics());
    const assigned = share.filter(({ topic }) => topics.has(topic));
    const owned = this.#host.owned();
    const revoked = without(owned, assigned);
    if (revoked.length > 0) await this.#host.revoke(revoked, false);
    if (this.#hasEnded()) return;
    await this.#host.assign(without(assigned, owned), this.#generationId);
    this.#last = { partitions: share, generationId: this.#generationId };
    if (this.#hasEnded()) return;
    this.#phase = 'stable';
    // Others wait for what this one has given up.
    if (revoked.length > 0) this.#reason ??= 'partitions have been given up';
    this.#host.changed();
  }

  /** Keeps the membership alive until there is a reason to join again. @throws {KafkaError} when the group knows us no more */
  async #beat(): Promise<void> {
    const { heartbeatIntervalMs } = this.#options;
    let failures = 0;
    // Members that joined together do not beat together.
    let waitMs = heartbeatIntervalMs * (0.5 + Math.random() * 0.5);
    for (;;) {
      // A reason may have come while it joined.
      if (this.#reason === undefined) await this.#signal.wait(waitMs);
      if (this.#hasEnded() || this.#reason !== undefined) return;
      const sentAt = performance.now();
      try {
        await this.#services.transport.heartbeat(this.identity);
        this.#heard(sentAt);
        failures = 0;
        waitMs = heartbeatIntervalMs;
      } catch (error) {
        const failure = asKafkaError(error);
        if (failure.kind === 'REBALANCE_IN_PROGRESS') {
          this.#heard(sentAt);
          return;
        }
        if (!isUnreachable(failure) && !isBusy(failure)) throw failure;
        this.#fails(failure);
        waitMs = backoffMs(this.#services.backoff, failures++);
      }
    }
  }

  async #leave(): Promise<void> {
    for (let failures = 0; failures < mostLeaveTries; failures++) {
      try {
        await this.#services.transport.leave(this.identity);
        return;
      } catch (error) {
        const failure = asKafkaError(error);
        // A join that is under way may reach the broker after this.
        const isEarly = this.#joining !== undefined && isForgotten(failure);
        if (!isUnreachable(failure) && !isBusy(failure) && !isEarly) return;
      }
      await this.#pause(failures);
    }
  }

  #heard(at = performance.now()): void {
    this.#heardAt = at;
    if (this.#failing === undefined) return;
    this.#failing = undefined;
    this.#host.changed();
  }

  #fails(error: KafkaError): void {
    this.#failing = { since: this.#failing?.since ?? performance.now(), error };
  }

  async #pause(failures: number): Promise<void> {
    const until = performance.now() + backoffMs(this.#services.backoff, failures);
    for (let ms = until - performance.now(); ms > 0; ms = until - performance.now()) {
      await this.#signal.wait(ms);
      if (this.#phase === 'fenced') return;
    }
  }

  // Methods, because the compiler believes that a field keeps its value across an await.
  #hasEnded(): boolean {
    return this.#phase === 'left' || this.#phase === 'fenced';
  }

  #isFailed(): boolean {
    return this.#phase === 'failed';
  }
}

const hauntedMs = 60_000;
const leaveTimeoutMs = 2_000;
const mostLeaveTries = 20;
