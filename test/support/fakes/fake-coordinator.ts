import { KafkaError } from '#libs/kafka/kafka-error.ts';
import type { TopicPartition } from '#libs/kafka/kafka-types.ts';
import { encodeAssignment } from '#libs/kafka/platformatic/consumer/group/consumer-protocol.ts';
import type { MemberHost } from '#libs/kafka/platformatic/consumer/group/group-member.ts';
import type {
  JoinAnswer,
  JoinOptions,
  MemberIdentity,
} from '#libs/kafka/platformatic/consumer/group/group-requests.ts';
import { GroupTransport, type JoinLink } from '#libs/kafka/platformatic/consumer/group/group-transport.ts';

/** A coordinator of one member, that answers what a test says; by default it lets it in and gives it `share`. */
export class FakeCoordinator extends GroupTransport {
  readonly joins: { readonly member: MemberIdentity; readonly options: JoinOptions }[] = [];
  readonly heartbeats: MemberIdentity[] = [];
  readonly leaves: MemberIdentity[] = [];
  readonly forgotten: string[] = [];
  /** Thrown by the next requests of a kind, one each; a promise holds the request up. */
  readonly joinFaults: (KafkaError | Promise<void>)[] = [];
  readonly syncFaults: KafkaError[] = [];
  readonly heartbeatFaults: KafkaError[] = [];
  readonly leaveFaults: KafkaError[] = [];
  generationId = 0;
  /** Same generation again, as for a static member that comes back. */
  keepsGeneration = false;
  share: readonly TopicPartition[] = [at(0)];
  openJoins = 0;

  override openJoin(): Promise<JoinLink> {
    this.openJoins++;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    return Promise.resolve({
      join: (member, options) => Promise.race([this.#join(member, options), promise]),
      sync: async () => {
        const fault = this.syncFaults.shift();
        if (fault !== undefined) throw fault;
        return encodeAssignment(this.share);
      },
      abandon: () => reject(KafkaError.of('NETWORK_EXCEPTION')),
      release: () => {
        this.openJoins--;
      },
    });
  }

  override heartbeat(member: MemberIdentity): Promise<void> {
    this.heartbeats.push(member);
    const fault = this.heartbeatFaults.shift();
    return fault === undefined ? Promise.resolve() : Promise.reject(fault);
  }

  override leave(member: MemberIdentity): Promise<void> {
    this.leaves.push(member);
    const fault = this.leaveFaults.shift();
    return fault === undefined ? Promise.resolve() : Promise.reject(fault);
  }

  override forget(groupId: string): void {
    this.forgotten.push(groupId);
  }

  async #join(member: MemberIdentity, options: JoinOptions): Promise<JoinAnswer> {
    this.joins.push({ member, options });
    const fault = this.joinFaults.shift();
    if (fault instanceof KafkaError) throw fault;
    if (fault !== undefined) await fault;
    if (!this.keepsGeneration) this.generationId++;
    return {
      errorCode: 0,
      memberId: member.memberId === '' ? `m${this.joins.length}` : member.memberId,
      generationId: this.generationId,
      leader: 'another',
      protocolName: options.protocols[0]?.name ?? '',
      skipAssignment: false,
      members: [],
    };
  }
}

/** Whose member it is; remembers what the group told it. */
export class FakeMemberHost implements MemberHost {
  subscribed: readonly string[] = ['t'];
  partitions: TopicPartition[] = [];
  readonly events: string[] = [];
  changes = 0;
  /** Holds up revocations. */
  gate: Promise<void> = Promise.resolve();

  topics(): readonly string[] {
    return this.subscribed;
  }

  owned(): readonly TopicPartition[] {
    return this.partitions;
  }

  async revoke(partitions: readonly TopicPartition[], lost: boolean): Promise<void> {
    this.events.push(`${lost ? 'lost' : 'revoked'} ${names(partitions)}`);
    await this.gate;
    this.partitions = this.partitions.filter((one) => !partitions.includes(one));
  }

  assign(added: readonly TopicPartition[], generationId: number): Promise<void> {
    this.events.push(`assigned ${names(added)} in ${generationId}`);
    this.partitions = [...this.partitions, ...added];
    return Promise.resolve();
  }

  changed(): void {
    this.changes++;
  }
}

export function at(partition: number, topic = 't'): TopicPartition {
  return { topic, partition };
}

export function names(partitions: readonly TopicPartition[]): string {
  return partitions.map(({ topic, partition }) => `${topic}${partition}`).join(' ');
}
