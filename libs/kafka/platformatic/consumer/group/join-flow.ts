import { KafkaError } from '../../../kafka-error.ts';
import type { BrokerAddress } from '../../broker-connection.ts';
import type { BorrowedConnection, Connections } from '../../connections.ts';
import type { ControlLanes } from '../control-lanes.ts';
import { groupError } from '../errors.ts';
import type { GroupCoordinators } from './group-coordinators.ts';
import type { GroupLeader } from './group-leader.ts';
import {
  joinGroup,
  syncGroup,
  type JoinAnswer,
  type JoinOptions,
  type MemberIdentity,
} from './group-requests.ts';
import type { JoinGate } from './join-gate.ts';

/** What the members of all groups share. */
export interface GroupServices {
  readonly connections: Connections;
  readonly lanes: ControlLanes;
  readonly coordinators: GroupCoordinators;
  readonly leader: GroupLeader;
  readonly gate: JoinGate;
}

/** The connection that a join and the sync after it block; closed to give them up. */
export class JoinConnection {
  readonly #services: GroupServices;
  readonly #groupId: string;
  readonly #address: BrokerAddress;
  readonly #held: BorrowedConnection;
  readonly #leaveGate: () => void;

  private constructor(
    services: GroupServices,
    groupId: string,
    address: BrokerAddress,
    held: BorrowedConnection,
    leaveGate: () => void,
  ) {
    this.#services = services;
    this.#groupId = groupId;
    this.#address = address;
    this.#held = held;
    this.#leaveGate = leaveGate;
  }

  /** @throws {KafkaError} when the group has no coordinator that can be reached */
  static async open(services: GroupServices, { groupId, memberId }: MemberIdentity): Promise<JoinConnection> {
    // Members wait only before their first join: one that the group waits for must not be late.
    const leaveGate = memberId === '' ? await services.gate.enter(groupId) : (): void => {};
    try {
      const address = await services.coordinators.find(groupId);
      const held = await services.connections.borrow(address);
      return new JoinConnection(services, groupId, address, held, leaveGate);
    } catch (error) {
      leaveGate();
      throw error;
    }
  }

  /** @throws {KafkaError} with the code of the answer, or when there is none */
  async join(member: MemberIdentity, options: JoinOptions): Promise<JoinAnswer> {
    const timeoutMs = options.rebalanceTimeoutMs + graceMs;
    let answer = await this.#attend(joinGroup(this.#held.connection, member, options), timeoutMs);
    if (answer.errorCode === memberIdRequired) {
      const known = { ...member, memberId: answer.memberId };
      answer = await this.#attend(joinGroup(this.#held.connection, known, options), timeoutMs);
    }
    if (answer.errorCode !== 0) throw groupError(answer.errorCode, this.#groupId);
    return answer;
  }

  /** @returns the member's share as it was assigned @throws {KafkaError} with the code of the answer, or when there is none */
  async sync(
    member: MemberIdentity,
    protocolName: string,
    assignments: readonly { readonly memberId: string; readonly assignment: Buffer }[],
    timeoutMs: number,
  ): Promise<Buffer> {
    const sent = syncGroup(this.#held.connection, member, protocolName, assignments);
    const answer = await this.#attend(sent, timeoutMs + graceMs);
    if (answer.errorCode !== 0) throw groupError(answer.errorCode, this.#groupId);
    return answer.assignment;
  }

  /** What is under way fails. */
  abandon(): void {
    this.#held.connection.close();
  }

  release(): void {
    this.#held.release();
    this.#leaveGate();
  }

  /** Waits for an answer that may take minutes, and looks meanwhile whether the coordinator is still the same. */
  async #attend<T>(sent: Promise<T>, timeoutMs: number): Promise<T> {
    const deadline = performance.now() + timeoutMs;
    let timer: NodeJS.Timeout | undefined;
    let isOver = false;
    const moved = new Promise<never>((_, reject) => {
      const look = async (): Promise<void> => {
        if (performance.now() > deadline) {
          reject(KafkaError.of('REQUEST_TIMED_OUT'));
        } else if (await this.#hasMoved()) {
          reject(KafkaError.of('NOT_COORDINATOR'));
        } else {
          if (!isOver) timer = setTimeout(() => void look(), lookEveryMs).unref();
          return;
        }
        if (!isOver) this.abandon();
      };
      timer = setTimeout(() => void look(), lookEveryMs).unref();
    });
    try {
      return await Promise.race([sent, moved]);
    } finally {
      isOver = true;
      clearTimeout(timer);
      sent.catch(() => {});
      moved.catch(() => {});
    }
  }

  async #hasMoved(): Promise<boolean> {
    try {
      const { host, port } = await this.#services.coordinators.findNow(this.#groupId);
      return host !== this.#address.host || port !== this.#address.port;
    } catch {
      return false;
    }
  }
}

/** How much longer than a rebalance may last its answer is waited for, as in the Java client. */
const graceMs = 5_000;
const lookEveryMs = 5_000;
/** The broker names a member that has no instance id before it lets it in. */
const memberIdRequired = 79;
