import { KafkaError } from '#libs/kafka/kafka-error.ts';
import type { KafkaConsumerOptions } from '#libs/kafka/kafka-consumer.ts';
import { isUnanswered, type BrokerLink } from './broker-link.ts';
import type { Identity } from './group-coordinator.ts';
import { WakeUp } from './wake-up.ts';

/** Whose membership it is. */
export interface MembershipHost {
  owned(): readonly number[];
  revoke(partitions: readonly number[], lost: boolean): Promise<void>;
  assign(partitions: readonly number[], generationId: number): Promise<void>;
  changed(): void;
}

type Phase = 'joining' | 'stable' | 'fenced' | 'left';

/** After a join without an answer the broker may still act on it, and fence us with it. */
const hauntedMs = 60_000;
const leaveMs = 2_000;
const pauseMs = 200;

/** Joins, heartbeats and joins again, as `libs/kafka/platformatic/consumer/group/group-member.ts` does it. */
export class GroupMembership {
  readonly #wakeUp: WakeUp;
  #phase: Phase = 'joining';
  #memberId = '';
  #generationId = -1;
  #heardAt = -Infinity;
  #hauntedUntil = -Infinity;
  #hasAsked = false;

  constructor(
    private readonly link: BrokerLink,
    private readonly options: KafkaConsumerOptions,
    private readonly host: MembershipHost,
  ) {
    this.#wakeUp = new WakeUp(link);
  }

  get identity(): Identity {
    return {
      instanceId: this.options.groupInstanceId,
      memberId: this.#memberId,
      generationId: this.#generationId,
    };
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Whether the group can have given the partitions to nobody else. */
  get isTrusted(): boolean {
    return this.#phase === 'stable' && this.link.now - this.#heardAt < this.options.sessionTimeoutMs;
  }

  start(before: Promise<void>): void {
    void before.then(() => this.#live());
  }

  /** Looks now whether the group still knows us. */
  check(): void {
    this.#wakeUp.fire();
  }

  /** Never rejects. */
  async stop(leave: boolean): Promise<void> {
    const isMember = this.#phase !== 'fenced' && this.#hasAsked;
    this.#phase = 'left';
    this.#wakeUp.fire();
    if (!leave || !isMember) return;
    const { groupId, groupInstanceId } = this.options;
    await this.link
      .ask(leaveMs, (broker) => broker.group(groupId).leave(groupInstanceId))
      .catch(() => undefined);
  }

  async #live(): Promise<void> {
    while (!this.#hasEnded()) {
      try {
        await this.#join();
        await this.#beat();
      } catch (error) {
        if (!(error instanceof KafkaError)) throw error;
        this.#recover(error);
        if (!this.#hasEnded()) await this.#wakeUp.wait(pauseMs);
      }
    }
    if (this.#phase !== 'fenced') return;
    const owned = this.host.owned();
    if (owned.length > 0) await this.host.revoke(owned, true);
    this.host.changed();
  }

  async #join(): Promise<void> {
    this.#phase = 'joining';
    const owned = this.host.owned();
    if (owned.length > 0) await this.host.revoke(owned, this.#generationId < 0);
    if (this.#hasEnded()) return;
    const { groupId, groupInstanceId, rebalanceTimeoutMs, sessionTimeoutMs } = this.options;
    const memberId = this.#memberId;
    this.#hasAsked = true;
    try {
      const answer = await this.link.ask(rebalanceTimeoutMs + pauseMs, (broker) =>
        broker.group(groupId).join(groupInstanceId, memberId, { rebalanceTimeoutMs, sessionTimeoutMs }),
      );
      if (this.#hasEnded()) return;
      this.#memberId = answer.memberId;
      this.#generationId = answer.generationId;
      this.#heardAt = this.link.now;
      await this.host.assign(answer.partitions, answer.generationId);
      if (this.#hasEnded()) return;
      this.#phase = 'stable';
      this.host.changed();
    } catch (error) {
      if (memberId === '' && isUnanswered(error)) this.#hauntedUntil = this.link.now + hauntedMs;
      throw error;
    }
  }

  async #beat(): Promise<void> {
    const { groupId, heartbeatIntervalMs } = this.options;
    let waitMs = heartbeatIntervalMs;
    for (;;) {
      await this.#wakeUp.wait(waitMs);
      if (this.#hasEnded()) return;
      const sentAt = this.link.now;
      const { identity } = this;
      try {
        await this.link.ask(heartbeatIntervalMs, (broker) => broker.group(groupId).heartbeat(identity));
        this.#heardAt = sentAt;
        waitMs = heartbeatIntervalMs;
      } catch (error) {
        if (error instanceof KafkaError && error.kind === 'REBALANCE_IN_PROGRESS') {
          this.#heardAt = sentAt;
          return;
        }
        if (!isUnanswered(error)) throw error;
        waitMs = pauseMs;
      }
    }
  }

  #recover(error: KafkaError): void {
    if (this.#hasEnded()) return;
    const isFenced = error.kind === 'FENCED_INSTANCE_ID';
    if (isFenced && this.link.now > this.#hauntedUntil) {
      this.#phase = 'fenced';
      return;
    }
    if (isUnanswered(error)) return;
    if (isFenced) this.#hauntedUntil = -Infinity;
    this.#generationId = -1;
    if (error.kind !== 'ILLEGAL_GENERATION') this.#memberId = '';
  }

  #hasEnded(): boolean {
    return this.#phase === 'left' || this.#phase === 'fenced';
  }
}
