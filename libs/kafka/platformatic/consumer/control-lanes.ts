import { KafkaError } from '../../kafka-error.ts';
import type { BrokerAddress, BrokerConnection } from '../broker-connection.ts';
import type { Connections } from '../connections.ts';

interface Lane {
  underWay: number;
  /** When the broker last answered here, of performance.now(). */
  answeredAt: number;
}

/**
 * Connections for requests that a broker answers soon but not at once: it works on one request a connection at a time,
 * and a commit takes it some milliseconds. One connection serves those that come one by one; more are used only when
 * several are under way.
 */
export class ControlLanes {
  readonly #connections: Connections;
  readonly #lanesPerBroker: number;
  readonly #patienceMs: number;
  readonly #brokers = new Map<string, readonly Lane[]>();

  /** @param patienceMs how long a broker may answer nothing; then another one is asked */
  constructor(connections: Connections, lanesPerBroker = 8, patienceMs = 5_000) {
    this.#connections = connections;
    this.#lanesPerBroker = lanesPerBroker;
    this.#patienceMs = Math.min(patienceMs, connections.config.requestTimeoutMs);
  }

  /**
   * Runs a request on the lane with the fewest under way.
   *
   * @throws {KafkaError} when the broker cannot be reached; REQUEST_TIMED_OUT when it is silent; what the request throws
   */
  async run<T>(address: BrokerAddress, request: (connection: BrokerConnection) => Promise<T>): Promise<T> {
    const key = `${address.host}:${address.port}`;
    const lanes = this.#brokers.get(key) ?? this.#newLanes();
    this.#brokers.set(key, lanes);
    const fewest = Math.min(...lanes.map(({ underWay }) => underWay));
    const index = lanes.findIndex(({ underWay }) => underWay === fewest);
    const lane = lanes[index];
    if (lane === undefined) throw new RangeError('There are no lanes.');
    lane.underWay++;
    try {
      const connection = await this.#connections.shared(address, `control-${index}`);
      return await this.#patiently(lane, connection, request(connection));
    } finally {
      lane.underWay--;
      if (lanes.every(({ underWay }) => underWay === 0)) this.#brokers.delete(key);
    }
  }

  #newLanes(): readonly Lane[] {
    return Array.from({ length: this.#lanesPerBroker }, () => ({ underWay: 0, answeredAt: 0 }));
  }

  /** A request in a long queue is not late as long as others are answered. */
  async #patiently<T>(lane: Lane, connection: BrokerConnection, sent: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const sentAt = performance.now();
    const late = new Promise<never>((_, reject) => {
      const look = (): void => {
        const silentMs = performance.now() - Math.max(sentAt, lane.answeredAt);
        if (silentMs < this.#patienceMs) {
          timer = setTimeout(look, this.#patienceMs - silentMs + 1).unref();
          return;
        }
        reject(KafkaError.of('REQUEST_TIMED_OUT'));
        connection.close();
      };
      timer = setTimeout(look, this.#patienceMs).unref();
    });
    try {
      const answer = await Promise.race([sent, late]);
      lane.answeredAt = performance.now();
      return answer;
    } finally {
      clearTimeout(timer);
      sent.catch(() => {});
    }
  }
}
