import type { BrokerNode } from '../../../kafka-types.ts';
import type { Connections } from '../../connections.ts';
import { FetchTransport } from './fetch-transport.ts';
import { FetchLane, type FetchCall, type FetchResult } from './fetch-lane.ts';

/** The fetches of all consumers, one lane a broker. */
export class FetchLanes {
  readonly #connections: Connections;
  readonly #lanes = new Map<string, FetchLane>();

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** @throws {KafkaError} when there is no answer */
  fetch(leader: BrokerNode, call: FetchCall): Promise<FetchResult> {
    return this.#laneTo(leader).fetch(call);
  }

  #laneTo({ host, port }: BrokerNode): FetchLane {
    const key = `${host}:${port}`;
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      // Brokers come and go with new addresses: lanes of old ones are not kept.
      for (const [other, one] of this.#lanes) if (one.isIdle) this.#lanes.delete(other);
      const transport = new FetchTransport(this.#connections, { host, port });
      lane = new FetchLane(transport.ask, connectionsPerBroker);
      this.#lanes.set(key, lane);
    }
    return lane;
  }
}

/** Long polls beyond three quarters of this share connections. */
const connectionsPerBroker = 64;
