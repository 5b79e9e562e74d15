import type { Admin, Kafka } from 'kafkajs';
import type { KafkaConnectionConfig } from '../connection-config.ts';
import { KafkaError } from '../kafka-error.ts';
import { kafkajsConfig } from './kafkajs-config.ts';
import { toKafkaError } from './kafkajs-errors.ts';

/** How long a close waits for what is pending. */
const closeTimeoutMs = 2_000;

/** The package itself, loaded with the first call. */
export type KafkajsLibrary = typeof import('kafkajs');

type Call<T> = (admin: Admin, library: KafkajsLibrary) => Promise<T>;

/** One connected admin client and how to end it. */
interface Session {
  readonly admin: Admin;
  readonly connected: Promise<void>;
}

/**
 * The administration client of kafkajs: connected at the first call, dropped when it fails or idles, made anew at the next.
 *
 * Every call ends within `request.timeout.ms`, connecting and retries included. After a failed connect further calls
 * fail at once for a back-off, so that a cluster that is down costs one attempt, not one a request.
 */
export class KafkajsConnection {
  readonly #config: KafkaConnectionConfig;
  #kafka: Kafka | undefined;
  #session: Session | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #failure: { readonly error: Error; readonly count: number; readonly until: number } | undefined;
  #closed = false;

  constructor(config: KafkaConnectionConfig) {
    this.#config = config;
  }

  /** @throws {KafkaError} what the cluster answered, NETWORK_EXCEPTION, or REQUEST_TIMED_OUT at the deadline */
  async run<T>(call: Call<T>): Promise<T> {
    const deadline = new Deadline(this.#config.requestTimeoutMs);
    try {
      return await deadline.limit(this.#call(call));
    } catch (error) {
      throw toKafkaError(error);
    } finally {
      deadline.clear();
      this.#restartIdleTimer();
    }
  }

  /** Ends what is pending within two seconds. Never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idleTimer);
    const session = this.#session;
    this.#session = undefined;
    if (session !== undefined) await disconnect(session);
  }

  async #call<T>(call: Call<T>): Promise<T> {
    // 200 modules that a proxy without administration never needs. Node finds only some of this package's exports by
    // name; `default` has them all.
    const { default: library } = await import('kafkajs');
    const session = this.#open(library);
    try {
      await session.connected;
      const result = await call(session.admin, library);
      this.#failure = undefined;
      return result;
    } catch (cause) {
      const error = toKafkaError(cause);
      if (error instanceof KafkaError && connectionKinds.has(error.kind)) this.#drop(session, error);
      throw error;
    }
  }

  #open(library: KafkajsLibrary): Session {
    if (this.#closed) throw KafkaError.of('NETWORK_EXCEPTION', 'The proxy is shutting down.');
    if (this.#session !== undefined) return this.#session;
    if (this.#failure !== undefined && performance.now() < this.#failure.until) throw this.#failure.error;
    this.#kafka ??= new library.Kafka({
      ...kafkajsConfig(this.#config),
      // Every failure reaches whoever called.
      logLevel: library.logLevel.NOTHING,
    });
    const admin = this.#kafka.admin();
    this.#session = { admin, connected: admin.connect() };
    return this.#session;
  }

  #drop(session: Session, error: Error): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    const count = (this.#failure?.count ?? 0) + 1;
    const backoffMs = Math.min(
      this.#config.retryBackoffMs * 2 ** Math.min(count - 1, 10),
      this.#config.retryBackoffMaxMs,
    );
    this.#failure = { error, count, until: performance.now() + backoffMs * (0.8 + Math.random() * 0.4) };
    void disconnect(session);
  }

  #restartIdleTimer(): void {
    clearTimeout(this.#idleTimer);
    if (this.#closed) return;
    this.#idleTimer = setTimeout(() => {
      const session = this.#session;
      this.#session = undefined;
      if (session !== undefined) void disconnect(session);
    }, this.#config.connectionsMaxIdleMs).unref();
  }
}

/** Kinds after which the next call starts with a connection of its own. */
const connectionKinds: ReadonlySet<string> = new Set([
  'NETWORK_EXCEPTION',
  'REQUEST_TIMED_OUT',
  'SASL_AUTHENTICATION_FAILED',
  'SSL_AUTHENTICATION_FAILED',
]);

async function disconnect(session: Session): Promise<void> {
  const deadline = new Deadline(closeTimeoutMs);
  try {
    await deadline.limit(session.connected.then(() => session.admin.disconnect()));
  } catch {
    // It is given up either way; a failed connect has nothing to end.
  } finally {
    deadline.clear();
  }
}

/** Ends a wait at a point in time. */
class Deadline {
  readonly #expired: Promise<never>;
  readonly #timer: NodeJS.Timeout;

  constructor(timeoutMs: number) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.#expired = promise;
    this.#timer = setTimeout(() => reject(KafkaError.of('REQUEST_TIMED_OUT')), timeoutMs);
  }

  limit<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#expired]);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
