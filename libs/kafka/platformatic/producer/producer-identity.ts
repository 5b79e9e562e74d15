import { Logger } from '@nestjs/common';
import type { KafkaError } from '../../kafka-error.ts';
import { kafkaErrorOf } from './unexpected-error.ts';

/** What the cluster gave us so that it can tell a retry from a new batch. */
export interface ProducerId {
  readonly producerId: bigint;
  readonly epoch: number;
}

/**
 * The producer id of this process, asked for when first needed.
 *
 * Where the cluster refuses one (no right to IDEMPOTENT_WRITE, an old broker), records go out without, so that a retry
 * can write twice, and it is asked again later.
 */
export class ProducerIdentity {
  readonly #init: () => Promise<ProducerId>;
  readonly #logger = new Logger('KafkaProducer');
  #current: ProducerId | undefined;
  #asking: Promise<void> | undefined;
  #offUntil: number;
  #warned = false;

  /** @param init asks the cluster, @throws {KafkaError} */
  constructor(enabled: boolean, init: () => Promise<ProducerId>) {
    this.#init = init;
    this.#offUntil = enabled ? 0 : Infinity;
  }

  /** Whether records go out without a producer id. */
  get off(): boolean {
    return performance.now() < this.#offUntil;
  }

  /** undefined until `acquire` is through. */
  get current(): ProducerId | undefined {
    return this.#current;
  }

  /** Asks for an id when there is none. @throws {KafkaError} when it can be asked again later, or we cannot log in */
  acquire(): Promise<void> {
    if (this.#current !== undefined || this.off) return Promise.resolve();
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** Gives an id up that cannot be used any more; the next `acquire` asks for another. */
  retire(id: ProducerId): void {
    if (this.#current === id) this.#current = undefined;
  }

  /** Goes on without an id for a while: the cluster does not let us use one. */
  turnOff(error: KafkaError): void {
    this.#offUntil = performance.now() + askAgainMs;
    this.#current = undefined;
    if (this.#warned) return;
    this.#warned = true;
    this.#logger.warn(
      `Kafka refuses an idempotent producer (${error.kind}: ${error.message}): ` +
        'records are sent without, and a retry may write one twice.',
    );
  }

  async #ask(): Promise<void> {
    try {
      this.#current = await this.#init();
    } catch (cause) {
      const error = kafkaErrorOf(cause);
      if (error.retriable || isAuthenticationError(error)) throw error;
      this.turnOff(error);
    }
  }
}

function isAuthenticationError(error: KafkaError): boolean {
  return error.kind === 'SASL_AUTHENTICATION_FAILED' || error.kind === 'SSL_AUTHENTICATION_FAILED';
}

const askAgainMs = 10 * 60_000;
