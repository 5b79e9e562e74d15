import { findCoordinatorV4, findCoordinatorV5, findCoordinatorV6 } from '@platformatic/kafka';
import { KafkaError } from '../../../kafka-error.ts';
import type { BrokerAddress, BrokerConnection } from '../../broker-connection.ts';
import { groupError } from '../errors.ts';

interface Waiter {
  resolve(address: BrokerAddress): void;
  reject(error: unknown): void;
}

/** Gives a connection to some broker that answers. */
export interface SomeBroker {
  anyBroker(): Promise<BrokerConnection>;
}

/** Which broker coordinates a group: asked for all groups of one tick at once, kept until somebody finds it wrong. */
export class GroupCoordinators {
  readonly #brokers: SomeBroker;
  readonly #known = new Map<string, BrokerAddress>();
  readonly #waiting = new Map<string, Waiter[]>();

  constructor(brokers: SomeBroker) {
    this.#brokers = brokers;
  }

  /** @throws {KafkaError} COORDINATOR_NOT_AVAILABLE, GROUP_AUTHORIZATION_FAILED, or a network error */
  find(groupId: string): Promise<BrokerAddress> {
    const known = this.#known.get(groupId);
    return known === undefined ? this.findNow(groupId) : Promise.resolve(known);
  }

  /** Asks the cluster even when it is known. @throws {KafkaError} as `find` */
  findNow(groupId: string): Promise<BrokerAddress> {
    return new Promise((resolve, reject) => {
      const waiters = this.#waiting.get(groupId);
      if (waiters !== undefined) {
        waiters.push({ resolve, reject });
        return;
      }
      this.#waiting.set(groupId, [{ resolve, reject }]);
      if (this.#waiting.size === 1) setImmediate(() => void this.#ask());
    });
  }

  /** What was found is wrong, or not needed any more. */
  forget(groupId: string, address?: BrokerAddress): void {
    if (address === undefined || this.#known.get(groupId) === address) this.#known.delete(groupId);
  }

  async #ask(): Promise<void> {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    const requests: Promise<void>[] = [];
    for (let i = 0; i < waiting.length; i += mostGroupsARequest) {
      requests.push(this.#askFor(new Map(waiting.slice(i, i + mostGroupsARequest))));
    }
    await Promise.all(requests);
  }

  /** Never rejects. */
  async #askFor(groups: ReadonlyMap<string, readonly Waiter[]>): Promise<void> {
    try {
      const connection = await this.#brokers.anyBroker();
      const answer = await connection.call(versions, groupKeyType, [...groups.keys()]);
      const answers = new Map(answer.coordinators.map((one) => [one.key, one]));
      for (const [groupId, waiters] of groups) {
        const { host, port, errorCode } = answers.get(groupId) ?? notAnswered;
        if (errorCode === 0) this.#learn(groupId, { host, port }, waiters);
        else for (const waiter of waiters) waiter.reject(groupError(errorCode, groupId));
      }
    } catch (error) {
      for (const waiters of groups.values()) for (const waiter of waiters) waiter.reject(error);
    }
  }

  #learn(groupId: string, found: BrokerAddress, waiters: readonly Waiter[]): void {
    const known = this.#known.get(groupId);
    const isSame = known?.host === found.host && known.port === found.port;
    const address = isSame ? known : found;
    this.#known.set(groupId, address);
    for (const waiter of waiters) waiter.resolve(address);
  }
}

const versions = [findCoordinatorV6.api, findCoordinatorV5.api, findCoordinatorV4.api];
const groupKeyType = 0;
const notAnswered = { host: '', port: 0, errorCode: KafkaError.of('COORDINATOR_NOT_AVAILABLE').code };
const mostGroupsARequest = 500;
