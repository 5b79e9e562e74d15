import { restErrors } from '#libs/errors/rest-errors.ts';
import type { KafkaConsumer, PollOptions } from '#libs/kafka/kafka-consumer.ts';
import type { Serde } from '#libs/serde/serde.ts';
import { decodeBatch } from './batch-decoder.ts';
import type { Clock } from './clock.ts';
import { emptyDelivery, type Deliveries } from './deliveries.ts';
import type { Delivery } from './delivery.ts';
import { Turns } from './turns.ts';

/** Reads that may wait for the one before them. */
const mostWaiting = 100;
/** Confluent's -1: no number of bytes is enough. */
const neverEnough = 2 ** 31 - 1;

export interface ReadRequest {
  /** Most ms to wait, the wait for a turn included. */
  readonly timeoutMs: number;
  /** Records are taken while they stay below it; one is always taken. */
  readonly maxBytes: number;
  /** Ends the read early: nobody is there to receive it. */
  readonly signal?: AbortSignal;
}

export interface ReadOptions {
  /** As `fetchMinBytes` of an instance. */
  readonly fetchMinBytes: number | undefined;
  /** undefined: no limit but bytes. */
  readonly maxRecords: number | undefined;
}

/** The reads of one consumer instance: one at a time, in order, each with its own deadline. */
export class Reads {
  readonly #turns: Turns;
  readonly #running = new Set<AbortController>();
  readonly #limits: Pick<PollOptions, 'minBytes' | 'maxRecords'>;
  /** Rises when records that were polled may have become others'. */
  #version = 0;
  #mayWait = true;
  #isClosed = false;

  constructor(
    private readonly consumer: KafkaConsumer,
    private readonly deliveries: Deliveries,
    private readonly serde: Serde,
    private readonly clock: Clock,
    { fetchMinBytes, maxRecords }: ReadOptions,
  ) {
    this.#turns = new Turns(clock, mostWaiting);
    const minBytes = fetchMinBytes === undefined ? 1 : fetchMinBytes < 0 ? neverEnough : fetchMinBytes + 1;
    this.#limits = maxRecords === undefined ? { minBytes } : { minBytes, maxRecords };
  }

  /**
   * Delivers records, or waits for them.
   *
   * @throws {RestError} 429 when too many reads wait; what decodeBatch throws
   * @throws {KafkaError} what the consumer says
   */
  async read({ signal, ...request }: ReadRequest): Promise<Delivery> {
    if (this.#turns.full) {
      throw restErrors.tooManyReads(`More than ${mostWaiting} reads wait for this consumer instance.`, {
        retryAfterSeconds: 1,
      });
    }
    const ending = new AbortController();
    const end = (): void => ending.abort();
    this.#running.add(ending);
    signal?.addEventListener('abort', end, { once: true });
    if (this.#isClosed || signal?.aborted === true) end();
    try {
      return await this.#inTurn(request, ending.signal);
    } finally {
      signal?.removeEventListener('abort', end);
      this.#running.delete(ending);
    }
  }

  /** Records that are being decoded may no longer be those to deliver. */
  supersede(): void {
    this.#version += 1;
  }

  /** Ends those that run and wait: with nothing. */
  end(): void {
    for (const read of this.#running) read.abort();
  }

  /** Ends them, and lets none wait from now on. */
  drain(): void {
    this.#mayWait = false;
    this.end();
  }

  /** Ends them, and those to come. */
  close(): void {
    this.#isClosed = true;
    this.end();
  }

  async #inTurn({ maxBytes, timeoutMs }: ReadRequest, signal: AbortSignal): Promise<Delivery> {
    const deadline = this.clock.now() + (this.#mayWait ? timeoutMs : 0);
    if (!(await this.#turns.take(deadline, signal))) return emptyDelivery;
    try {
      if (!(await this.deliveries.settle(deadline, signal))) return emptyDelivery;
      for (;;) {
        const delivery = await this.#poll(maxBytes, Math.max(0, deadline - this.clock.now()), signal);
        if (delivery !== undefined) return delivery;
      }
    } finally {
      this.#turns.release();
    }
  }

  /** @returns undefined when positions or partitions became others meanwhile */
  async #poll(maxBytes: number, timeoutMs: number, signal: AbortSignal): Promise<Delivery | undefined> {
    const version = this.#version;
    this.deliveries.begin();
    try {
      // The limit itself is excluded, as the original has it.
      const limits = { ...this.#limits, maxBytes: Math.max(1, maxBytes - 1) };
      const records = await this.consumer.poll({ ...limits, timeoutMs, signal });
      if (records.length === 0) {
        this.deliveries.nothing();
        return emptyDelivery;
      }
      const decoded = await decodeBatch(records, this.serde, this.clock).catch((error: unknown) => {
        this.consumer.unpoll(records);
        throw error;
      });
      if (signal.aborted || version !== this.#version) {
        this.consumer.unpoll(records);
        this.deliveries.nothing();
        return signal.aborted ? emptyDelivery : undefined;
      }
      const count = decoded.keys.length;
      if (count < records.length) this.consumer.unpoll(records.slice(count));
      const delivered = count < records.length ? records.slice(0, count) : records;
      return this.deliveries.handOut(delivered, decoded.keys, decoded.values);
    } catch (error) {
      this.deliveries.nothing();
      throw error;
    }
  }
}
