import { Writer, type Reader } from '@platformatic/kafka';
import { KafkaError } from '../../../kafka-error.ts';
import type { BrokerAddress, BrokerConnection } from '../../broker-connection.ts';
import type { Connections } from '../../connections.ts';
import {
  encodeFetch,
  noTopicId,
  type FetchItem,
  type FetchLimits,
  type FetchVersion,
} from './fetch-request.ts';
import { decodeFetch, type FetchAnswer } from './fetch-response.ts';

/** Topics of the answer are named as the version says. */
export type VersionedAnswer = FetchAnswer & { readonly version: FetchVersion };

/** Sends fetches to one broker, each over a connection of its own while it lasts. */
export class FetchTransport {
  readonly #connections: Connections;
  readonly #address: BrokerAddress;
  #patienceMs = firstPatienceMs;

  constructor(connections: Connections, address: BrokerAddress) {
    this.#connections = connections;
    this.#address = address;
  }

  /** @throws {KafkaError} when there is no answer */
  readonly ask = async (items: readonly FetchItem[], limits: FetchLimits): Promise<VersionedAnswer> => {
    const held = await this.#connections.borrow(this.#address);
    try {
      const version = versionFor(held.connection, items);
      const api = {
        key: fetchKey,
        version,
        flexibleHeaders: true,
        parse: (reader: Reader) => decodeFetch(version, reader.buffer.slice(reader.position)),
      };
      const sent = held.connection.send(api, () =>
        Writer.create().append(encodeFetch(version, limits, items)),
      );
      const answer = await this.#patiently(sent, held.connection, limits.maxWaitMs);
      if (answer.errorCode !== 0) throw KafkaError.ofCode(answer.errorCode);
      return { ...answer, version };
    } finally {
      held.release();
    }
  };

  /** A broker that hangs without closing the connection must not hold a fetch for the connection's own long limit. */
  async #patiently<T>(sent: Promise<T>, connection: BrokerConnection, maxWaitMs: number): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#patienceMs = Math.min(this.#patienceMs * 2, this.#connections.config.requestTimeoutMs);
        reject(KafkaError.of('REQUEST_TIMED_OUT'));
        connection.close();
      }, maxWaitMs + this.#patienceMs).unref();
    });
    try {
      const answer = await Promise.race([sent, late]);
      this.#patienceMs = firstPatienceMs;
      return answer;
    } finally {
      clearTimeout(timer);
      sent.catch(() => {});
    }
  }
}

const fetchKey = 1;
/** How long after its own wait a broker may take; longer after it has taken longer. */
const firstPatienceMs = 5_000;

const versions = [
  { key: fetchKey, version: 13 },
  { key: fetchKey, version: 12 },
] as const;

function versionFor(connection: BrokerConnection, items: readonly FetchItem[]): FetchVersion {
  const hasIds = items.every(({ topicId }) => topicId !== noTopicId);
  return connection.choose(hasIds ? versions : versions.slice(1)).version;
}
