import {
  apiVersionsV3,
  Connection,
  type API,
  type ConnectionOptions,
  type Reader,
  type Writer,
} from '@platformatic/kafka';
import { KafkaError } from '../kafka-error.ts';
import { KafkaMeasures } from '../kafka-measures.ts';
import { responseOf, toKafkaError } from './client-errors.ts';

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/** The versions of one request that we speak, newest first, all with the same arguments and answer. */
export type ApiVersions<Arguments extends unknown[], Response> = readonly Pick<
  API<Arguments, Response>,
  'key' | 'version' | 'async'
>[];

/** A request that we encode and decode ourselves. */
export interface RawApi<Response> {
  readonly key: number;
  readonly version: number;
  readonly parse: (reader: Reader) => Response;
  /** Headers are flexible from a version on that differs by request. */
  readonly flexibleHeaders: boolean;
}

/** What one broker can do: by API key, the lowest and highest version. */
export type SupportedVersions = ReadonlyMap<number, { readonly min: number; readonly max: number }>;

/**
 * A connection to one broker, authenticated and with its versions known.
 *
 * Requests are answered in the order of sending: one that blocks on the broker blocks those behind it. A request that
 * times out closes the connection, because the client would never get in step with the stream again.
 */
export class BrokerConnection {
  #connection: Connection;
  #versions: SupportedVersions;
  #pending = 0;
  #lastUsedAt: number;

  private constructor(
    readonly address: BrokerAddress,
    connection: Connection,
    versions: SupportedVersions,
    private readonly measures: KafkaMeasures,
  ) {
    this.#connection = connection;
    this.#versions = versions;
    this.#lastUsedAt = performance.now();
  }

  /** @throws {KafkaError} when the broker cannot be reached, refuses us, or the handshake fails */
  static async open(
    address: BrokerAddress,
    clientId: string,
    options: ConnectionOptions,
    measures = new KafkaMeasures(),
  ): Promise<BrokerConnection> {
    const connection = new Connection(clientId, options);
    // The caller that waits is told that the connection closed, only this why: a broker may refuse our certificate
    // after the handshake is over for us. Without a listener it would end the process.
    let failure: unknown;
    connection.on('error', (error) => {
      failure ??= error;
    });
    // A stopped broker's kernel still takes connections: the handshake needs a limit of its own.
    const limitMs = options.connectTimeout ?? defaultConnectTimeoutMs;
    const timer = setTimeout(() => connection.socket?.destroy(), limitMs);
    try {
      await connection.connect(address.host, address.port);
      const answer = await apiVersionsV3.api.async(connection, 'kafka-rest-proxy', '1');
      const versions = new Map(
        answer.apiKeys.map((api) => [api.apiKey, { min: api.minVersion, max: api.maxVersion }]),
      );
      return new BrokerConnection(address, connection, versions, measures);
    } catch (error) {
      connection.close().catch(() => {});
      throw toKafkaError(failure ?? error);
    } finally {
      clearTimeout(timer);
    }
  }

  get usable(): boolean {
    return this.#connection.isConnected();
  }

  /** Requests sent and not yet answered. */
  get pending(): number {
    return this.#pending;
  }

  /** When the last request or answer was, of performance.now(). */
  get lastUsedAt(): number {
    return this.#lastUsedAt;
  }

  /** The newest version of a request that both sides speak. @throws {KafkaError} UNSUPPORTED_VERSION */
  choose<Api extends { readonly key: number; readonly version: number }>(versions: readonly Api[]): Api {
    const key = versions[0]?.key ?? -1;
    const range = this.#versions.get(key);
    const found = versions.find(
      (api) => range !== undefined && api.version >= range.min && api.version <= range.max,
    );
    if (found === undefined) {
      const text = `The broker ${this.address.host}:${this.address.port} does not speak a known version of request ${key}.`;
      throw KafkaError.of('UNSUPPORTED_VERSION', text);
    }
    return found;
  }

  /**
   * Sends a request and gives the broker's answer, even when it carries error codes: read them.
   *
   * @throws {KafkaError} NETWORK_EXCEPTION, REQUEST_TIMED_OUT (either way the broker may have acted), UNSUPPORTED_VERSION
   */
  async call<Arguments extends unknown[], Response>(
    versions: ApiVersions<Arguments, Response>,
    ...args: Arguments
  ): Promise<Response> {
    const api = this.choose(versions);
    const startedAt = this.#begin();
    try {
      return await api.async(this.#connection, ...args);
    } catch (error) {
      const response = responseOf(error);
      if (response !== undefined) return response as Response;
      throw this.#failed(error);
    } finally {
      this.#end(api.key, startedAt);
    }
  }

  /**
   * Sends a request that the caller has encoded; for the paths that records take.
   *
   * @throws {KafkaError} as `call`
   */
  send<Response>(api: RawApi<Response>, payload: () => Writer): Promise<Response> {
    const startedAt = this.#begin();
    return new Promise<Response>((resolve, reject) => {
      this.#connection.send<Response>(
        api.key,
        api.version,
        payload,
        (_correlationId, _key, _version, reader) => api.parse(reader),
        api.flexibleHeaders,
        api.flexibleHeaders,
        (error, response) => {
          this.#end(api.key, startedAt);
          if (error === null && response !== undefined) resolve(response);
          else reject(this.#failed(error));
        },
      );
    });
  }

  /** Closes at once; what is pending fails with NETWORK_EXCEPTION. Never rejects. */
  close(): void {
    this.#connection.close().catch(() => {
      // Closed is closed.
    });
    // A peer that does not answer the FIN would keep the socket for minutes.
    this.#connection.socket?.destroy();
  }

  /** @returns now */
  #begin(): number {
    this.#pending++;
    return (this.#lastUsedAt = performance.now());
  }

  #end(apiKey: number, startedAt: number): void {
    this.#pending--;
    this.#lastUsedAt = performance.now();
    this.measures.request(apiKey, this.#lastUsedAt - startedAt);
  }

  #failed(error: unknown): KafkaError {
    const failure = toKafkaError(error);
    if (failure.kind === 'REQUEST_TIMED_OUT') this.close();
    return failure;
  }
}

const defaultConnectTimeoutMs = 10_000;
