import { isIP } from 'node:net';
import type { ConnectionOptions, SASLOptions } from '@platformatic/kafka';
import type { KafkaConnectionConfig, SaslConfig } from '../connection-config.ts';
import { KafkaError } from '../kafka-error.ts';
import { KafkaMeasures } from '../kafka-measures.ts';
import { BrokerConnection, type BrokerAddress } from './broker-connection.ts';

/** A connection held by one user until it is given back. */
export interface BorrowedConnection {
  readonly connection: BrokerConnection;
  /** Gives it back for others; one with a pending request is closed instead. */
  release(): void;
}

/**
 * All connections of one role (one identity) to the cluster, shared by everybody in it.
 *
 * Requests that a broker answers at once share one connection a broker and lane; lanes keep heartbeats from waiting
 * behind something slow. Requests that block on the broker (JoinGroup, SyncGroup, a waiting Fetch) borrow a connection.
 */
export class Connections {
  readonly #config: KafkaConnectionConfig;
  readonly #shared = new Map<string, Promise<BrokerConnection>>();
  readonly #idle = new Map<string, BrokerConnection[]>();
  readonly #borrowed = new Set<BrokerConnection>();
  readonly #failures = new Map<string, { error: KafkaError; count: number; until: number }>();
  readonly #sweeper: NodeJS.Timeout;
  #closed = false;

  constructor(
    config: KafkaConnectionConfig,
    readonly measures = new KafkaMeasures(),
  ) {
    this.#config = config;
    this.#sweeper = setInterval(() => this.#sweep(), 10_000).unref();
  }

  get config(): KafkaConnectionConfig {
    return this.#config;
  }

  /** Open connections, for metrics and tests. */
  get size(): number {
    let idle = 0;
    for (const list of this.#idle.values()) idle += list.length;
    return this.#shared.size + this.#borrowed.size + idle;
  }

  /**
   * The connection of a lane to a broker, opened when there is none.
   *
   * @param lane `metadata`, `control`, `heartbeat`, `produce` or another name; see `laneTimeoutMs`
   * @throws {KafkaError} when the broker cannot be reached; for a back-off after that at once
   */
  async shared(address: BrokerAddress, lane: string): Promise<BrokerConnection> {
    const key = `${keyOf(address)}/${lane}`;
    const existing = this.#shared.get(key);
    if (existing !== undefined) {
      const connection = await existing;
      if (connection.usable) return connection;
      if (this.#shared.get(key) === existing) this.#shared.delete(key);
      return this.shared(address, lane);
    }
    const opening = this.#open(
      address,
      Math.min(this.#config.requestTimeoutMs, laneTimeoutMs[lane] ?? Infinity),
    );
    this.#shared.set(key, opening);
    try {
      return await opening;
    } catch (error) {
      if (this.#shared.get(key) === opening) this.#shared.delete(key);
      throw error;
    }
  }

  /**
   * A connection for a request that may block on the broker for `blockMs`.
   *
   * @throws {KafkaError} as `shared`
   */
  async borrow(address: BrokerAddress): Promise<BorrowedConnection> {
    const free = this.#idle.get(keyOf(address)) ?? [];
    let connection = free.pop();
    while (connection !== undefined && !connection.usable) connection = free.pop();
    // A borrowed connection may wait on the broker for as long as a rebalance or a long poll lasts; the borrower's own
    // deadline is shorter than this one.
    connection ??= await this.#open(address, blockingRequestTimeoutMs);
    const held = connection;
    this.#borrowed.add(held);
    return {
      connection: held,
      release: () => {
        if (!this.#borrowed.delete(held)) return;
        if (this.#closed || held.pending > 0 || !held.usable) {
          held.close();
          return;
        }
        const list = this.#idle.get(keyOf(address)) ?? [];
        list.push(held);
        this.#idle.set(keyOf(address), list);
      },
    };
  }

  /** Closes everything at once; what is pending fails. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#sweeper);
    for (const opening of this.#shared.values()) {
      opening.then(
        (connection) => connection.close(),
        () => {},
      );
    }
    this.#shared.clear();
    for (const list of this.#idle.values()) for (const connection of list) connection.close();
    this.#idle.clear();
    for (const connection of this.#borrowed) connection.close();
    this.#borrowed.clear();
  }

  async #open(address: BrokerAddress, requestTimeoutMs: number): Promise<BrokerConnection> {
    if (this.#closed) throw KafkaError.of('NETWORK_EXCEPTION', 'The proxy is shutting down.');
    const key = keyOf(address);
    const failure = this.#failures.get(key);
    if (failure !== undefined && performance.now() < failure.until) throw failure.error;
    try {
      const connection = await BrokerConnection.open(
        address,
        this.#config.clientId,
        this.#options(address, requestTimeoutMs),
        this.measures,
      );
      this.#failures.delete(key);
      if (this.#closed) connection.close();
      return connection;
    } catch (cause) {
      const error = cause instanceof KafkaError ? cause : KafkaError.of('NETWORK_EXCEPTION', null, cause);
      const count = (failure?.count ?? 0) + 1;
      const backoffMs = Math.min(
        this.#config.retryBackoffMs * 2 ** Math.min(count - 1, 10),
        this.#config.retryBackoffMaxMs,
      );
      this.#failures.set(key, {
        error,
        count,
        until: performance.now() + backoffMs * (0.8 + Math.random() * 0.4),
      });
      throw error;
    }
  }

  #options(address: BrokerAddress, requestTimeoutMs: number): ConnectionOptions {
    const { tls, sasl, connectTimeoutMs } = this.#config;
    return {
      connectTimeout: connectTimeoutMs,
      requestTimeout: requestTimeoutMs,
      // Kafka answers in order; bounds on what is under way are the callers'.
      maxInflights: 10_000,
      ...(tls === undefined
        ? {}
        : { tls, ...(isIP(address.host) === 0 ? { tlsServerName: address.host } : {}) }),
      ...(sasl === undefined ? {} : { sasl: saslOptions(sasl) }),
    };
  }

  #sweep(): void {
    const now = performance.now();
    const expired = (c: BrokerConnection): boolean =>
      !c.usable || (c.pending === 0 && now - c.lastUsedAt > this.#config.connectionsMaxIdleMs);
    for (const [key, opening] of this.#shared) {
      opening.then(
        (connection) => {
          if (!expired(connection)) return;
          if (this.#shared.get(key) === opening) this.#shared.delete(key);
          connection.close();
        },
        () => {},
      );
    }
    for (const [key, list] of this.#idle) {
      const kept = list.filter((connection) => {
        // Long polls come in bursts: what was opened for one is not kept for the next day.
        if (!expired(connection) && now - connection.lastUsedAt < idleBorrowedMs) return true;
        connection.close();
        return false;
      });
      if (kept.length === 0) this.#idle.delete(key);
      else this.#idle.set(key, kept);
    }
    for (const [key, failure] of this.#failures) if (now > failure.until + 60_000) this.#failures.delete(key);
  }
}

/** Where the answer comes at once if it comes: the sooner a frozen broker is given up, the sooner another is asked. */
const laneTimeoutMs: Readonly<Record<string, number>> = { metadata: 5_000, heartbeat: 5_000 };
const blockingRequestTimeoutMs = 11 * 60_000;
const idleBorrowedMs = 30_000;

function keyOf(address: BrokerAddress): string {
  return `${address.host}:${address.port}`;
}

function saslOptions(sasl: SaslConfig): SASLOptions {
  if (sasl.mechanism === 'OAUTHBEARER') {
    return { mechanism: sasl.mechanism, token: sasl.token, oauthBearerExtensions: { ...sasl.extensions } };
  }
  return { mechanism: sasl.mechanism, username: sasl.username, password: sasl.password };
}
