import { KafkaError } from '../../kafka-error.ts';
import { retriesOf } from '../../retries.ts';
import type { BrokerAddress, BrokerConnection } from '../broker-connection.ts';
import type { ClusterMetadata } from '../cluster-metadata.ts';
import type { Connections } from '../connections.ts';
import { hedged } from '../hedged.ts';

/** Requests of administration have a lane of their own: Kafka may take a while for one, and others wait behind it. */
const lane = 'admin';
/** A broker that has not answered for so long is not waited for alone; a large description takes a second. */
const hedgeAfterMs = 5_000;
/** Attempts in all for a request that changes something: elections are over in seconds. */
const attemptsMs = 10_000;

type Ask<Answer> = (connection: BrokerConnection) => Promise<Answer>;

/** Sends requests of administration to the broker that can answer them. */
export class AdminRequests {
  readonly #connections: Pick<Connections, 'config' | 'shared'>;
  readonly #metadata: Pick<ClusterMetadata, 'known' | 'cluster' | 'node' | 'addresses'>;

  constructor(
    connections: Pick<Connections, 'config' | 'shared'>,
    metadata: Pick<ClusterMetadata, 'known' | 'cluster' | 'node' | 'addresses'>,
  ) {
    this.#connections = connections;
    this.#metadata = metadata;
  }

  /** How long Kafka may take for a change, ms: it answers before we give up. */
  get brokerTimeoutMs(): number {
    return Math.max(1_000, this.#connections.config.requestTimeoutMs - 1_000);
  }

  /** A question that every broker can answer, asked of another when one does not. @throws {KafkaError} */
  toAny<Answer>(ask: Ask<Answer>): Promise<Answer> {
    return hedged(this.#brokers(), hedgeAfterMs, async (address) => ask(await this.#open(address)));
  }

  /**
   * A request for one broker.
   *
   * @throws {KafkaError} BROKER_NOT_AVAILABLE at once when the cluster does not know it
   */
  async toBroker<Answer>(id: number, ask: Ask<Answer>): Promise<Answer> {
    if (this.#metadata.node(id) === undefined) await this.#metadata.cluster();
    const node = this.#metadata.node(id);
    if (node === undefined) throw KafkaError.of('BROKER_NOT_AVAILABLE', `Broker ${id} is not available.`);
    return ask(await this.#open(node));
  }

  /**
   * A request for the controller, which any broker hands on where it cannot be reached itself.
   *
   * Repeated only where nothing can have happened: no connection, or a broker that says that it is not the controller.
   *
   * @param errorsOf the error codes of an answer
   * @throws {KafkaError}
   */
  async toController<Answer>(
    ask: Ask<Answer>,
    errorsOf: (answer: Answer) => readonly number[],
  ): Promise<Answer> {
    let failure: unknown;
    for await (const attempt of retriesOf(this.#connections.config, attemptsMs)) {
      try {
        const answer = await ask(await this.#controller(attempt.number > 0));
        if (!errorsOf(answer).includes(notController)) return answer;
        failure = KafkaError.ofCode(notController);
      } catch (error) {
        if (!(error instanceof NotReached)) throw error;
        failure = error.cause;
      }
      attempt.failed(failure);
    }
    throw failure;
  }

  async #controller(again: boolean): Promise<BrokerConnection> {
    try {
      const known = again ? undefined : this.#metadata.known();
      const { controllerId } = known ?? (await this.#metadata.cluster());
      const node = this.#metadata.node(controllerId);
      return await this.#openFirst([...(node === undefined ? [] : [node]), ...this.#brokers()]);
    } catch (cause) {
      throw new NotReached('no broker takes the request', { cause });
    }
  }

  async #openFirst(addresses: readonly BrokerAddress[]): Promise<BrokerConnection> {
    let failure: unknown = KafkaError.of('BROKER_NOT_AVAILABLE');
    for (const address of addresses) {
      try {
        return await this.#open(address);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  #open(address: BrokerAddress): Promise<BrokerConnection> {
    return this.#connections.shared(address, lane);
  }

  /** The one that metadata comes from first: what it has shown, it knows. */
  #brokers(): readonly BrokerAddress[] {
    return this.#metadata.addresses();
  }
}

const notController = 41;

/** Nothing was sent. */
class NotReached extends Error {}
