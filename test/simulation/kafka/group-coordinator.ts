import { KafkaError } from '#libs/kafka/kafka-error.ts';
import type { Scheduler } from '../engine/scheduler.ts';

export interface JoinAnswer {
  readonly memberId: string;
  readonly generationId: number;
  readonly partitions: readonly number[];
}

/** As whom a member speaks to its group. */
export interface Identity {
  readonly instanceId: string;
  readonly memberId: string;
  readonly generationId: number;
}

export interface JoinTimes {
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
}

interface Member {
  readonly instanceId: string;
  memberId: string;
  partitions: readonly number[];
  /** It is forgotten when nothing is heard of it by then. */
  deadline: number;
  sessionTimeoutMs: number;
  join: { answer(): void; refuse(error: KafkaError): void } | undefined;
}

/**
 * A group of static members on the classic protocol, as a broker keeps it: who joins with the id of a member takes its
 * place, at the same generation and with the same partitions, and fences it.
 */
export class GroupCoordinator {
  readonly committed = new Map<number, number>();
  readonly #members = new Map<string, Member>();
  #generationId = 0;
  #isPreparing = false;
  #endPreparing: (() => void) | undefined;
  #lastMember = 0;

  constructor(
    private readonly name: string,
    private readonly partitions: number,
    private readonly scheduler: Scheduler,
    /** Off for a control that must go wrong. */
    private readonly fences: boolean,
  ) {}

  join(instanceId: string, memberId: string, times: JoinTimes): Promise<JoinAnswer> {
    const known = this.#members.get(instanceId);
    if (memberId !== '') this.#require({ instanceId, memberId });
    if (known === undefined) return this.#enter(this.#add(instanceId, times), times);
    if (memberId === '') {
      known.join?.refuse(KafkaError.of('FENCED_INSTANCE_ID'));
      known.join = undefined;
      known.memberId = this.#newMemberId(instanceId);
    }
    this.#touch(known, times.sessionTimeoutMs);
    return this.#isPreparing ? this.#enter(known, times) : Promise.resolve(this.#answerOf(known));
  }

  heartbeat(identity: Identity): void {
    const member = this.#require(identity);
    this.#touch(member);
    if (this.#isPreparing) throw KafkaError.of('REBALANCE_IN_PROGRESS');
    if (identity.generationId !== this.#generationId) throw KafkaError.of('ILLEGAL_GENERATION');
  }

  /** @param identity undefined for readers of assigned partitions */
  commit(identity: Identity | undefined, offsets: ReadonlyMap<number, number>): void {
    if (identity === undefined) {
      if (this.#members.size > 0) throw KafkaError.of('UNKNOWN_MEMBER_ID');
    } else {
      const member = this.#require(identity);
      if (identity.generationId !== this.#generationId) throw KafkaError.of('ILLEGAL_GENERATION');
      this.#touch(member);
    }
    for (const [partition, offset] of offsets) this.committed.set(partition, offset);
  }

  leave(instanceId: string): void {
    const member = this.#members.get(instanceId);
    if (member === undefined) throw KafkaError.of('UNKNOWN_MEMBER_ID');
    this.#remove(member);
  }

  #add(instanceId: string, { sessionTimeoutMs }: JoinTimes): Member {
    const member: Member = {
      instanceId,
      memberId: this.#newMemberId(instanceId),
      partitions: [],
      deadline: 0,
      sessionTimeoutMs,
      join: undefined,
    };
    this.#members.set(instanceId, member);
    this.#touch(member, sessionTimeoutMs);
    this.#expire(member);
    return member;
  }

  /** Waits for the rebalance that this makes necessary, or that is going on. */
  #enter(member: Member, { rebalanceTimeoutMs }: JoinTimes): Promise<JoinAnswer> {
    const answer = new Promise<JoinAnswer>((resolve, reject) => {
      member.join?.refuse(KafkaError.of('UNKNOWN_MEMBER_ID'));
      member.join = { answer: () => resolve(this.#answerOf(member)), refuse: reject };
    });
    this.#prepare(rebalanceTimeoutMs);
    return answer;
  }

  #prepare(rebalanceTimeoutMs: number): void {
    if (!this.#isPreparing) {
      this.#isPreparing = true;
      this.#endPreparing = this.scheduler.after(rebalanceTimeoutMs, () => this.#complete());
    }
    const all = [...this.#members.values()];
    if (all.every(({ join }) => join !== undefined)) this.#complete();
  }

  /** Static members that were not heard of keep their place, and their share, until their session ends. */
  #complete(): void {
    this.#endPreparing?.();
    this.#isPreparing = false;
    this.#generationId += 1;
    const all = [...this.#members.values()].sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
    for (const [index, member] of all.entries()) {
      const shares = Array.from({ length: this.partitions }, (_, partition) => partition);
      member.partitions = shares.filter((partition) => partition % all.length === index);
    }
    for (const member of all) {
      const { join } = member;
      member.join = undefined;
      if (join !== undefined) this.#touch(member);
      join?.answer();
    }
  }

  #remove(member: Member): void {
    this.#members.delete(member.instanceId);
    member.join?.refuse(KafkaError.of('UNKNOWN_MEMBER_ID'));
    if (this.#members.size > 0) this.#prepare(rebalanceMs);
    else {
      this.#endPreparing?.();
      this.#isPreparing = false;
      this.#generationId += 1;
    }
  }

  #touch(member: Member, sessionTimeoutMs = member.sessionTimeoutMs): void {
    member.sessionTimeoutMs = sessionTimeoutMs;
    member.deadline = this.scheduler.now + sessionTimeoutMs;
  }

  #expire(member: Member): void {
    this.scheduler.after(member.deadline - this.scheduler.now, () => {
      if (this.#members.get(member.instanceId) !== member) return;
      // Who waits for the end of a rebalance is not silent.
      if (member.join !== undefined) this.#touch(member);
      if (member.deadline > this.scheduler.now) this.#expire(member);
      else this.#remove(member);
    });
  }

  #require({ instanceId, memberId }: Pick<Identity, 'instanceId' | 'memberId'>): Member {
    const member = this.#members.get(instanceId);
    if (member === undefined) throw KafkaError.of('UNKNOWN_MEMBER_ID');
    if (member.memberId !== memberId && this.fences) throw KafkaError.of('FENCED_INSTANCE_ID');
    return member;
  }

  #answerOf({ memberId, partitions }: Member): JoinAnswer {
    return { memberId, generationId: this.#generationId, partitions };
  }

  #newMemberId(instanceId: string): string {
    return `${this.name}/${instanceId}/${++this.#lastMember}`;
  }
}

const rebalanceMs = 4_000;
