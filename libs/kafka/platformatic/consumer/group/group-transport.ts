import {
  leaveGroup,
  heartbeat,
  type JoinAnswer,
  type JoinOptions,
  type MemberIdentity,
} from './group-requests.ts';
import { isUnreachable } from './group-errors.ts';
import { JoinConnection, type GroupServices } from './join-flow.ts';
import { asKafkaError, groupError } from '../errors.ts';

/** A join under way: what blocks on the broker until the whole group is there. */
export interface JoinLink {
  /** @throws {KafkaError} with the code of the answer, or when there is none */
  join(member: MemberIdentity, options: JoinOptions): Promise<JoinAnswer>;
  /** @returns the share as it was assigned @throws {KafkaError} with the code of the answer, or when there is none */
  sync(
    member: MemberIdentity,
    protocolName: string,
    assignments: readonly { readonly memberId: string; readonly assignment: Buffer }[],
    timeoutMs: number,
  ): Promise<Buffer>;
  /** What is under way fails. */
  abandon(): void;
  release(): void;
}

/** How a member talks to its coordinator, whichever broker that is. Errors are thrown, also those of an answer. */
export abstract class GroupTransport {
  /** @throws {KafkaError} when the group has no coordinator that can be reached */
  abstract openJoin(member: MemberIdentity): Promise<JoinLink>;
  /** @throws {KafkaError} REBALANCE_IN_PROGRESS when it is to join again */
  abstract heartbeat(member: MemberIdentity): Promise<void>;
  abstract leave(member: MemberIdentity): Promise<void>;
  /** The next request asks who the coordinator is. */
  abstract forget(groupId: string): void;
}

/** Talks to real brokers: joins over connections of their own, all else over shared ones. */
export class BrokerGroupTransport extends GroupTransport {
  readonly #services: GroupServices;

  constructor(services: GroupServices) {
    super();
    this.#services = services;
  }

  override openJoin(member: MemberIdentity): Promise<JoinLink> {
    return JoinConnection.open(this.#services, member);
  }

  override heartbeat(member: MemberIdentity): Promise<void> {
    return this.#ask(member, async () => {
      const address = await this.#services.coordinators.find(member.groupId);
      return heartbeat(await this.#services.connections.shared(address, 'heartbeat'), member);
    });
  }

  override leave(member: MemberIdentity): Promise<void> {
    return this.#ask(member, async () => {
      const address = await this.#services.coordinators.find(member.groupId);
      const reason = 'the consumer has been closed';
      return this.#services.lanes.run(address, (connection) => leaveGroup(connection, member, reason));
    });
  }

  override forget(groupId: string): void {
    this.#services.coordinators.forget(groupId);
  }

  async #ask({ groupId }: MemberIdentity, request: () => Promise<number>): Promise<void> {
    try {
      const code = await request();
      if (code !== 0) throw groupError(code, groupId);
    } catch (error) {
      const failure = asKafkaError(error);
      if (isUnreachable(failure)) this.forget(groupId);
      throw failure;
    }
  }
}
