import type { BrokerAddress, BrokerConnection } from '../broker-connection.ts';
import type { Connections } from '../connections.ts';

/**
 * Connections for requests that a broker answers soon but not at once: it works on one request a connection at a time,
 * and a commit takes it some milliseconds. One connection serves those that come one by one; more are used only when
 * several are under way.
 */
export class ControlLanes {
  readonly #connections: Connections;
  readonly #lanesPerBroker: number;
  /** Requests under way, by lane, by broker. */
  readonly #underWay = new Map<string, number[]>();

  constructor(connections: Connections, lanesPerBroker = 8) {
    this.#connections = connections;
    this.#lanesPerBroker = lanesPerBroker;
  }

  /** Runs a request on the lane with the fewest under way. @throws {KafkaError} when the broker cannot be reached, or what it throws */
  async run<T>(address: BrokerAddress, request: (connection: BrokerConnection) => Promise<T>): Promise<T> {
    const key = `${address.host}:${address.port}`;
    const counts = this.#underWay.get(key) ?? Array.from({ length: this.#lanesPerBroker }, () => 0);
    this.#underWay.set(key, counts);
    const lane = counts.indexOf(Math.min(...counts));
    counts[lane] = (counts[lane] ?? 0) + 1;
    try {
      return await request(await this.#connections.shared(address, `control-${lane}`));
    } finally {
      counts[lane] = (counts[lane] ?? 1) - 1;
      if (counts.every((count) => count === 0)) this.#underWay.delete(key);
    }
  }
}
