import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { KafkaConsumers } from '#libs/kafka/kafka-consumer.ts';
import type { Serde } from '#libs/serde/serde.ts';
import { Serdes } from '#libs/serde/serdes.ts';
import { Clock } from './clock.ts';
import { ConsumerCounts } from './consumer-counts.ts';
import type { ConsumerInstanceOptions } from './consumer-instance-options.ts';
import type { ConsumerInstanceParts } from './consumer-instance-parts.ts';
import type { ConsumerInstanceListener } from './consumer-instance-listener.ts';
import { ConsumerInstance } from './consumer-instance.ts';
import { ConsumerInstanceMovedError } from './consumer-instance-moved.error.ts';
import {
  ConsumerRegistry,
  type ConsumerInstanceName,
  type ConsumerInstanceState,
} from './consumer-registry.ts';
import { ConsumersSettings } from './consumers-settings.ts';
import { HeldInstances, type Held } from './held-instances.ts';
import { InstanceRoom } from './instance-room.ts';
import { Settling } from './settling.ts';
import type { TopicPattern } from './topic-pattern.ts';
import { within } from './within.ts';

/** How often instances are looked through for expired ones. */
const sweepMs = 1_000;
const longestWaitForCloseMs = 5_000;

/** What a create may ask for; the rest is as the operator says. `id` is made up when absent. */
export type NewConsumerInstance = Pick<ConsumerInstanceOptions, 'group' | 'format'> &
  Partial<Omit<ConsumerInstanceOptions, 'group' | 'format'>>;

/** An instance that is held here. */
export interface HeldConsumerInstance {
  readonly name: ConsumerInstanceName;
  readonly epoch: number;
  readonly state: () => ConsumerInstanceState;
}

/** The consumer instances of this process: made, found, expired and closed here. */
@Injectable()
export class ConsumerInstances
  implements ConsumerInstanceListener<ConsumerInstance>, OnModuleDestroy, BeforeApplicationShutdown
{
  readonly counts = new ConsumerCounts();
  readonly #logger = new Logger(ConsumerInstances.name);
  readonly #held = new HeldInstances();
  /** Held, and being made. */
  readonly #room: InstanceRoom;
  readonly #settling = new Settling();
  readonly #closing = new Map<ConsumerInstance, Promise<void>>();
  #cancelSweep: (() => void) | undefined;
  #draining = false;

  constructor(
    private readonly settings: ConsumersSettings,
    private readonly consumers: KafkaConsumers,
    private readonly serdes: Serdes,
    private readonly registry: ConsumerRegistry,
    private readonly clock: Clock,
  ) {
    this.#room = new InstanceRoom(settings);
  }

  /** How many there are, those being made included. */
  get size(): number {
    return this.#room.taken;
  }

  /** Records delivered by all of them of which it is not known whether they have arrived. */
  get unconfirmed(): number {
    let records = 0;
    for (const { instance } of this.#held.all()) records += instance.unconfirmed;
    return records;
  }

  /**
   * Makes an instance; asks nothing of Kafka.
   *
   * @param requestId a retry with the same one gets the instance that the first try made
   * @returns what it was made with; by an earlier try of the same request it may have been made elsewhere
   * @throws {RestError} 409 when the name is taken, 429 when there are too many, 503 while shutting down
   */
  async create(request: NewConsumerInstance, requestId?: string): Promise<ConsumerInstanceOptions> {
    if (this.#draining) throw restErrors.overloaded('the proxy is shutting down', { retryAfterSeconds: 1 });
    const options = this.#complete(request);
    const { group, id } = options;
    const serde = this.serdes.toRead(options.format);
    await this.#closed(group, id);
    if (this.#held.find(options) === undefined) this.#room.require(group);
    this.#room.take(group);
    let isHeld = false;
    try {
      isHeld = await this.#settling.during(options, () => this.#claim(options, serde, requestId));
      return options;
    } finally {
      if (!isHeld) this.#room.giveBack(group);
    }
  }

  /**
   * Finds an instance and puts its expiry off.
   *
   * @throws {ConsumerInstanceMovedError} when it is not here, or not for long
   */
  find(group: string, id: string): ConsumerInstance {
    const held = this.#held.find({ group, id });
    if (held === undefined || held.isGoing) throw new ConsumerInstanceMovedError();
    held.instance.touch();
    this.#used(held);
    return held.instance;
  }

  /**
   * Closes an instance: commits as it is set to, and leaves the group.
   *
   * @param requestId a retry with the same one succeeds again
   * @throws {ConsumerInstanceMovedError} when it is not here
   */
  async delete(group: string, id: string, requestId?: string): Promise<void> {
    // Sent again, it is not meant for whoever has got the name since.
    if (requestId !== undefined && (await this.registry.removedBy({ group, id }, requestId))) return;
    const held = this.#held.find({ group, id });
    if (held === undefined || held.isGoing) throw new ConsumerInstanceMovedError();
    return this.#close(held, requestId);
  }

  /** Epoch at which it is held here; undefined when it is not. */
  epochOf(name: ConsumerInstanceName): number | undefined {
    return this.#held.find(name)?.epoch;
  }

  /** Whether it is held here and not about to go elsewhere. */
  isServed(name: ConsumerInstanceName): boolean {
    return this.#held.find(name)?.isGoing === false;
  }

  /**
   * Resolves when an instance that is being made, removed or handed over has come to be where it will be; undefined
   * when nothing of the kind is under way. Never rejects.
   */
  settling(name: ConsumerInstanceName): Promise<void> | undefined {
    return this.#settling.of(name);
  }

  held(): readonly HeldConsumerInstance[] {
    return this.#held.all().map(({ epoch, instance }) => ({
      name: { group: instance.options.group, id: instance.options.id },
      epoch,
      state: () => instance.state(),
    }));
  }

  /**
   * Goes on with an instance that another process has held. There may be one more of them than the limits say.
   *
   * @param epoch at which it is ours
   * @param idleMs since its last request
   * @throws {RestError} when its format cannot be read here
   */
  adopt(
    options: ConsumerInstanceOptions,
    epoch: number,
    state: ConsumerInstanceState,
    pattern: TopicPattern | undefined,
    idleMs: number,
  ): void {
    const serde = this.serdes.toRead(options.format);
    this.evict(options);
    this.#room.take(options.group);
    const instance = new ConsumerInstance(options, this.#partsWith(serde), this, state);
    instance.touch(idleMs);
    this.#add(instance, epoch);
    instance.resume(state, pattern);
  }

  /** Drops an instance: another process holds it now. Tells neither Kafka nor the registry. */
  evict(name: ConsumerInstanceName): void {
    const held = this.#held.find(name);
    if (held === undefined) return;
    this.#forget(held);
    void held.instance.dropFenced();
  }

  /**
   * Brings an instance to an end so that another process can go on with it, and drops it.
   *
   * @param pass makes another process go on; requests wait for it
   */
  async handOver(
    name: ConsumerInstanceName,
    pass: (epoch: number, state: ConsumerInstanceState) => Promise<void>,
  ): Promise<void> {
    const held = this.#held.find(name);
    if (held === undefined || held.isGoing) return this.settling(name);
    held.isGoing = true;
    await this.#settling.during(name, async () => {
      try {
        await pass(held.epoch, await held.instance.handOver());
      } finally {
        this.#forget(held);
      }
    });
  }

  /** Ends the waits of all instances; no more are made. Requests that are under way come to their end. */
  drain(): void {
    this.#draining = true;
    for (const { instance } of this.#held.all()) instance.drain();
  }

  onModuleDestroy(): void {
    this.drain();
  }

  /** Closes all instances at the same time; those that others can go on with are left to them. */
  async beforeApplicationShutdown(): Promise<void> {
    this.drain();
    this.#cancelSweep?.();
    const ending = this.#held
      .all()
      .map((held) => (this.registry.isShared ? this.#leave(held) : this.#closeUnasked(held)));
    await within(
      this.clock,
      longestWaitForCloseMs,
      Promise.allSettled([...ending, ...this.#closing.values()]),
    );
  }

  changed(instance: ConsumerInstance): void {
    const held = this.#held.of(instance);
    if (held !== undefined) this.registry.changed(instance.options, held.epoch, () => instance.state());
  }

  async persist(instance: ConsumerInstance): Promise<void> {
    const held = this.#held.of(instance);
    if (held === undefined) return;
    await this.registry.persist(instance.options, held.epoch, () => instance.state());
  }

  saving(instance: ConsumerInstance, since: number): Promise<void> | undefined {
    const held = this.#held.of(instance);
    if (held === undefined) return undefined;
    return this.registry.saving(instance.options, held.epoch, since, () => instance.state());
  }

  fenced(instance: ConsumerInstance): void {
    const { group, id } = instance.options;
    const held = this.#held.of(instance);
    if (held === undefined) return;
    this.#logger.warn(
      `Consumer instance ${id} of group ${group} was taken over by another member; dropped here`,
    );
    this.#forget(held);
    void instance.dropFenced();
    this.registry.lost({ group, id }, held.epoch);
  }

  commitFailed(instance: ConsumerInstance, error: unknown): void {
    const { group, id } = instance.options;
    const why = error instanceof Error ? error.message : String(error);
    this.#logger.warn(`Consumer instance ${id} of group ${group} could not commit by itself: ${why}`);
  }

  #complete(request: NewConsumerInstance): ConsumerInstanceOptions {
    const { settings } = this;
    const { consumer, serverId } = settings;
    return {
      id: request.id ?? `rest-consumer-${serverId === '' ? '' : `${serverId}-`}${randomUUID()}`,
      group: request.group,
      format: request.format,
      autoOffsetReset: request.autoOffsetReset ?? consumer.autoOffsetReset,
      autoCommit: request.autoCommit ?? consumer.enableAutoCommit,
      fetchMinBytes: request.fetchMinBytes ?? settings.fetchMinBytes,
      requestTimeoutMs: request.requestTimeoutMs ?? settings.requestTimeoutMs,
    };
  }

  /** @returns whether it is held here now */
  async #claim(
    options: ConsumerInstanceOptions,
    serde: Serde,
    requestId: string | undefined,
  ): Promise<boolean> {
    const claim = await this.registry.create(options, requestId);
    if (claim.outcome === 'taken') throw restErrors.consumerAlreadyExists();
    if (claim.outcome === 'repeated') return false;
    try {
      // What had the name here before is no longer that instance.
      this.evict(options);
      this.#add(new ConsumerInstance(options, this.#partsWith(serde), this), claim.epoch);
      return true;
    } catch (error) {
      await this.registry.remove(options, claim.epoch, undefined);
      throw error;
    }
  }

  #partsWith(serde: Serde): ConsumerInstanceParts {
    const { clock, consumers, counts, settings } = this;
    return { consumers, clock, serde, config: settings.consumer, counts };
  }

  #add(instance: ConsumerInstance, epoch: number): void {
    this.#held.add({ instance, epoch, isGoing: false });
    if (this.#draining) instance.drain();
    this.#cancelSweep ??= this.clock.after(this.#sweepMs(), () => this.#sweep());
  }

  #forget(held: Held): void {
    if (this.#held.delete(held)) this.#room.giveBack(held.instance.options.group);
  }

  #used({ instance, epoch }: Held): void {
    this.registry.used(instance.options, epoch, () => instance.state());
  }

  /** @param requestId the request that asks for it */
  #close(held: Held, requestId?: string): Promise<void> {
    const { instance } = held;
    this.#forget(held);
    const closing = this.#end(held, requestId).finally(() => this.#closing.delete(instance));
    this.#closing.set(instance, closing);
    return closing;
  }

  /** Nobody goes on with what is closed here, so its name is given up first. */
  async #end({ epoch, instance }: Held, requestId: string | undefined): Promise<void> {
    let removal: 'removed' | 'moved' = 'removed';
    try {
      removal = await this.#settling.during(instance.options, () =>
        this.registry.remove(instance.options, epoch, requestId),
      );
    } finally {
      if (removal === 'moved') await instance.dropFenced();
      else await instance.close({ leave: true });
    }
    if (removal === 'moved') throw new ConsumerInstanceMovedError();
  }

  async #closeUnasked(held: Held): Promise<void> {
    await this.#close(held).catch((error: unknown) => this.#warn(held, error));
  }

  async #leave(held: Held): Promise<void> {
    const { options } = held.instance;
    const leaving = this.handOver(options, (epoch, state) =>
      this.registry.persist(options, epoch, () => state),
    );
    await leaving.catch((error: unknown) => this.#warn(held, error));
  }

  #warn({ instance }: Held, error: unknown): void {
    const { group, id } = instance.options;
    this.#logger.warn(`Consumer instance ${id} of group ${group} was not closed properly: ${String(error)}`);
  }

  /** The same name is free again once its last owner has left the group, or has taken too long to. */
  async #closed(group: string, id: string): Promise<void> {
    for (const [{ options }, closing] of this.#closing) {
      if (options.group !== group || options.id !== id) continue;
      await within(
        this.clock,
        longestWaitForCloseMs,
        closing.catch(() => undefined),
      );
    }
  }

  #sweepMs(): number {
    return Math.min(sweepMs, this.settings.instanceTimeoutMs);
  }

  #sweep(): void {
    const oldest = this.clock.now() - this.settings.instanceTimeoutMs;
    for (const held of this.#held.all()) {
      // A request may take longer than the registry remembers who is silent.
      if (held.instance.isInUse) this.#used(held);
      if (held.instance.usedAt > oldest || held.isGoing) continue;
      const { group, id } = held.instance.options;
      this.#logger.log(`Consumer instance ${id} of group ${group} expired`);
      void this.#closeUnasked(held);
    }
    this.#cancelSweep = this.clock.after(this.#sweepMs(), () => this.#sweep());
  }
}
