import type { KafkaConsumer } from '#libs/kafka/kafka-consumer.ts';
import type { ConsumerRecord, TopicPartition, TopicPartitionOffset } from '#libs/kafka/kafka-types.ts';
import type { Clock } from './clock.ts';
import { ConsumerCounts } from './consumer-counts.ts';
import { Delivery, type DeliveryOwner } from './delivery.ts';
import { partitionKey } from './partition-key.ts';

/** How long a delivery may stay unconfirmed once somebody wants to go on. */
export const graceMs = 250;
/** How long a confirmation may be taken back while nobody goes on. */
const doubtMs = 5_000;

/** What deliveries tell their owner. */
export interface DeliveriesListener {
  /** An answer was written completely. */
  written(): void;
  /** There are confirmed positions that count from now on. */
  confirmed(): void;
}

const noOwner: DeliveryOwner = { confirmed() {}, abandoned() {}, held() {} };

/** The answer of a read that found nothing. */
export const emptyDelivery = new Delivery([], [], [], noOwner);

/**
 * Keeps "delivered" and "confirmed" of one consumer apart.
 *
 * The consumer's positions are what was delivered. While nothing is under way they are confirmed as well. From the start
 * of a poll until its delivery is confirmed or taken back, confirmed is where the positions stood at that start.
 *
 * A confirmation counts for good once somebody goes on from it: that an answer was handed to the connection is known
 * before it is known that the client hung up in the middle of it.
 */
export class Deliveries implements DeliveryOwner {
  #inHand: Delivery | undefined;
  #confirmedAt: number | undefined;
  #endDoubt: (() => void) | undefined;
  #stillHas: (() => Promise<boolean>) | undefined;
  #asking: Promise<void> | undefined;
  #heldUntil = 0;
  /** Confirmed positions while they differ from the consumer's own. */
  #floor: TopicPartitionOffset[] | undefined;
  readonly #waiting = new Set<() => void>();

  constructor(
    private readonly consumer: KafkaConsumer,
    private readonly clock: Clock,
    private readonly listener: DeliveriesListener,
    private readonly counts = new ConsumerCounts(),
  ) {}

  /** Next offset of every partition that was confirmed; commits never go beyond. */
  confirmedPositions(): readonly TopicPartitionOffset[] {
    return this.#floor ?? this.consumer.positions();
  }

  /** An answer is being written, as far as is known. */
  get underWay(): boolean {
    const isWritten = this.#inHand === undefined || this.#confirmedAt !== undefined;
    return !isWritten && this.clock.now() < this.#heldUntil;
  }

  /** Records handed out of which it is not known whether they have arrived. */
  get unconfirmed(): number {
    return this.#confirmedAt === undefined ? (this.#inHand?.records.length ?? 0) : 0;
  }

  /** A poll is about to begin. */
  begin(): void {
    this.#floor = [...this.consumer.positions()];
  }

  /** The poll took nothing, or all of it was put back. */
  nothing(): void {
    this.#floor = undefined;
  }

  handOut(
    records: readonly ConsumerRecord[],
    keys: readonly (Buffer | null)[],
    values: readonly (Buffer | null)[],
  ): Delivery {
    const delivery = new Delivery(records, keys, values, this);
    this.counts.delivered.addEach(records);
    this.#inHand = delivery;
    this.#heldUntil = this.clock.now() + graceMs;
    this.#begins(records);
    return delivery;
  }

  /** What is delivered and unconfirmed includes a record of one of these. */
  concerns(partitions: readonly TopicPartition[]): boolean {
    if (this.#inHand === undefined) return false;
    const keys = new Set(partitions.map(partitionKey));
    return this.#inHand.records.some((record) => keys.has(partitionKey(record)));
  }

  /**
   * Waits until nothing is unconfirmed; takes back what stays unconfirmed for too long.
   *
   * @returns false when the deadline or the signal came first
   */
  async settle(deadline: number, signal: AbortSignal): Promise<boolean> {
    for (await this.#goOn(); this.#inHand !== undefined; await this.#goOn()) {
      if (signal.aborted) return false;
      const now = this.clock.now();
      if (now >= this.#heldUntil) {
        this.abandoned(this.#inHand);
        return true;
      }
      if (now >= deadline) return false;
      await this.#change(Math.min(deadline, this.#heldUntil) - now, signal);
    }
    return !signal.aborted;
  }

  /** Waits until nothing is unconfirmed, for a limited time: the client goes on. */
  async settled(limitMs = graceMs): Promise<void> {
    const deadline = this.clock.now() + limitMs;
    for (await this.#goOn(); this.#inHand !== undefined; await this.#goOn()) {
      const left = deadline - this.clock.now();
      if (left <= 0) return;
      await this.#change(left);
    }
  }

  /** Waits until nothing is unconfirmed or in doubt, for a limited time: not the client goes on, but others. */
  async certain(limitMs: number): Promise<void> {
    const deadline = this.clock.now() + limitMs;
    while (this.#inHand !== undefined) {
      const now = this.clock.now();
      const until = this.#confirmedAt === undefined ? deadline : this.#confirmedAt + graceMs;
      if (this.#confirmedAt !== undefined && now >= until) await this.#goOnLater();
      else if (now >= deadline) return;
      else await this.#change(Math.min(until, deadline) - now);
    }
  }

  /** The client moved the position itself. @param offset undefined when it is not known yet */
  moved(partition: TopicPartition, offset: bigint | undefined): void {
    if (this.#floor === undefined) return;
    this.forget([partition]);
    if (offset !== undefined) this.#floor.push({ ...partition, offset });
  }

  /** These are no longer ours. */
  forget(partitions: readonly TopicPartition[]): void {
    if (this.#floor === undefined) return;
    const keys = new Set(partitions.map(partitionKey));
    this.#floor = this.#floor.filter((position) => !keys.has(partitionKey(position)));
  }

  /** Only these are ours now. */
  keep(partitions: readonly TopicPartition[]): void {
    const keys = new Set(partitions.map(partitionKey));
    this.#floor = this.#floor?.filter((position) => keys.has(partitionKey(position)));
  }

  confirmed(delivery: Delivery, stillHas?: () => Promise<boolean>): void {
    if (this.#inHand !== delivery) return;
    if (this.#confirmedAt !== undefined) {
      // Once more: beyond doubt, or to be asked elsewhere.
      if (this.#stillHas !== undefined) this.#stillHas = stillHas;
      return;
    }
    this.#stillHas = stillHas;
    this.#confirmedAt = this.clock.now();
    this.#endDoubt = this.clock.after(doubtMs, () => void this.#goOnLater());
    for (const wake of this.#waiting) wake();
    this.listener.written();
  }

  abandoned(delivery: Delivery): void {
    if (this.#inHand !== delivery) return;
    this.consumer.unpoll(delivery.records);
    this.counts.redelivered += delivery.records.length;
    this.#done();
  }

  held(delivery: Delivery, ms: number): void {
    if (this.#inHand !== delivery) return;
    this.#heldUntil = this.clock.now() + ms;
  }

  /** Where reading begins, of which nothing was known before the poll, counts as confirmed. */
  #begins(records: readonly ConsumerRecord[]): void {
    const floor = (this.#floor ??= []);
    const positions = this.consumer.positions();
    if (floor.length === positions.length) return;
    const known = new Set(floor.map(partitionKey));
    for (const { topic, partition, offset } of [...records, ...positions]) {
      const key = partitionKey({ topic, partition });
      if (known.has(key)) continue;
      known.add(key);
      floor.push({ topic, partition, offset });
    }
  }

  /** Somebody goes on: what was confirmed counts, unless it is taken back now. */
  async #goOn(): Promise<void> {
    if (this.#stillHas !== undefined && this.#confirmedAt !== undefined) {
      this.#asking ??= this.#ask(this.#stillHas).finally(() => (this.#asking = undefined));
      await this.#asking;
    }
    this.#count();
  }

  /** The same without a request of the client, which shows that what happened before was heard. */
  async #goOnLater(): Promise<void> {
    await this.clock.turn();
    await this.#goOn();
  }

  async #ask(stillHas: () => Promise<boolean>): Promise<void> {
    const delivery = this.#inHand;
    if (!(await stillHas()) && delivery !== undefined) this.abandoned(delivery);
    else if (this.#inHand === delivery) this.#stillHas = undefined;
  }

  /** What was confirmed counts from now on. */
  #count(): void {
    if (this.#confirmedAt === undefined) return;
    this.#done();
    this.listener.confirmed();
  }

  #done(): void {
    this.#endDoubt?.();
    this.#endDoubt = undefined;
    this.#stillHas = undefined;
    this.#confirmedAt = undefined;
    this.#inHand = undefined;
    this.#floor = undefined;
    for (const wake of this.#waiting) wake();
  }

  /** Waits for `#done`, the time or the signal. */
  #change(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        cancel();
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const cancel = this.clock.after(ms, wake);
      this.#waiting.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }
}
