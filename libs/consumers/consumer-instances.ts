import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { KafkaConsumers } from '#libs/kafka/kafka-consumer.ts';
import type { Serde } from '#libs/serde/serde.ts';
import { Serdes } from '#libs/serde/serdes.ts';
import { Clock } from './clock.ts';
import { ConsumerCounts } from './consumer-counts.ts';
import type { ConsumerInstanceOptions } from './consumer-instance-options.ts';
import { ConsumerInstance, type ConsumerInstanceListener } from './consumer-instance.ts';
import { ConsumerInstanceMovedError } from './consumer-instance-moved.error.ts';
import {
  ConsumerRegistry,
  type ConsumerInstanceName,
  type ConsumerInstanceState,
} from './consumer-registry.ts';
import { ConsumersSettings } from './consumers-settings.ts';
import type { TopicPattern } from './topic-pattern.ts';

/** How often instances are looked through for expired ones. */
const sweepMs = 1_000;
const longestWaitForCloseMs = 5_000;
const retryAfterSeconds = 10;

/** What a create may ask for; the rest is as the operator says. `id` is made up when absent. */
export type NewConsumerInstance = Pick<ConsumerInstanceOptions, 'group' | 'format'> &
  Partial<Omit<ConsumerInstanceOptions, 'group' | 'format'>>;

interface Held {
  readonly instance: ConsumerInstance;
  readonly epoch: number;
  /** Resolves when another process can go on with it. */
  handingOver?: Promise<void>;
}

/** An instance that is held here. */
export interface HeldConsumerInstance {
  readonly name: ConsumerInstanceName;
  readonly options: ConsumerInstanceOptions;
  readonly epoch: number;
  readonly state: () => ConsumerInstanceState;
}

/** The consumer instances of this process: made, found, expired and closed here. */
@Injectable()
export class ConsumerInstances
  implements ConsumerInstanceListener, OnModuleDestroy, BeforeApplicationShutdown
{
  readonly counts = new ConsumerCounts();
  readonly #logger = new Logger(ConsumerInstances.name);
  readonly #groups = new Map<string, Map<string, Held>>();
  /** Held, and being made. */
  #count = 0;
  readonly #countOfGroup = new Map<string, number>();
  readonly #closing = new Map<ConsumerInstance, Promise<void>>();
  #cancelSweep: (() => void) | undefined;
  #draining = false;

  constructor(
    private readonly settings: ConsumersSettings,
    private readonly consumers: KafkaConsumers,
    private readonly serdes: Serdes,
    private readonly registry: ConsumerRegistry,
    private readonly clock: Clock,
  ) {}

  /** How many there are, those being made included. */
  get size(): number {
    return this.#count;
  }

  /** Records delivered by all of them of which it is not known whether they have arrived. */
  get unconfirmed(): number {
    let records = 0;
    for (const { instance } of this.#all()) records += instance.unconfirmed;
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
    const existing = this.#find(group, id);
    if (existing === undefined) this.#requireRoom(group);
    this.#reserve(group, 1);
    try {
      const claim = await this.registry.create(options, requestId);
      if (claim.outcome === 'taken') throw restErrors.consumerAlreadyExists();
      if (claim.outcome === 'created') await this.#hold(options, serde, claim.epoch);
      else this.#reserve(group, -1);
      return options;
    } catch (error) {
      this.#reserve(group, -1);
      throw error;
    }
  }

  /** Finds an instance and puts its expiry off. @throws {RestError} 404/40403 */
  find(group: string, id: string): ConsumerInstance {
    const held = this.#find(group, id);
    if (held === undefined) throw restErrors.consumerInstanceNotFound();
    held.instance.touch();
    this.#tell(held);
    return held.instance;
  }

  /**
   * Closes an instance: commits as it is set to, and leaves the group.
   *
   * @param requestId a retry with the same one succeeds again
   * @throws {RestError} 404/40403
   */
  async delete(group: string, id: string, requestId?: string): Promise<void> {
    const held = this.#find(group, id);
    if (held === undefined) {
      if (requestId !== undefined && (await this.registry.removedBy({ group, id }, requestId))) return;
      throw restErrors.consumerInstanceNotFound();
    }
    await this.#close(held, requestId);
  }

  /** Epoch at which it is held here; undefined when it is not. */
  epochOf({ group, id }: ConsumerInstanceName): number | undefined {
    return this.#find(group, id)?.epoch;
  }

  /** Whether it is held here and not about to go elsewhere. */
  isServed({ group, id }: ConsumerInstanceName): boolean {
    const held = this.#find(group, id);
    return held !== undefined && held.handingOver === undefined;
  }

  /** Resolves when an instance that is being handed over can be served elsewhere; undefined when none is. */
  handingOver({ group, id }: ConsumerInstanceName): Promise<void> | undefined {
    return this.#find(group, id)?.handingOver;
  }

  held(): readonly HeldConsumerInstance[] {
    return this.#all().map(({ epoch, instance }) => ({
      name: { group: instance.options.group, id: instance.options.id },
      options: instance.options,
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
    const { group, id } = options;
    const serde = this.serdes.toRead(options.format);
    this.evict(options);
    this.#reserve(group, 1);
    const { clock, consumers, settings } = this;
    const parts = { consumers, clock, serde, config: settings.consumer };
    const instance = new ConsumerInstance(options, parts, this, state);
    instance.touch(idleMs);
    this.#add(group, id, { instance, epoch });
    instance.resume(state, pattern);
  }

  /** Drops an instance: another process holds it now. Tells neither Kafka nor the registry. */
  evict({ group, id }: ConsumerInstanceName): void {
    const held = this.#find(group, id);
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
    { group, id }: ConsumerInstanceName,
    pass: (epoch: number, state: ConsumerInstanceState) => Promise<void>,
  ): Promise<void> {
    const held = this.#find(group, id);
    if (held === undefined || held.handingOver !== undefined) return held?.handingOver;
    const { epoch, instance } = held;
    held.handingOver = (async () => {
      const state = await instance.handOver();
      await pass(epoch, state);
    })().finally(() => this.#forget(held));
    await held.handingOver;
  }

  /** Ends the waits of all instances; no more are made. Requests that are under way come to their end. */
  drain(): void {
    this.#draining = true;
    for (const { instance } of this.#all()) instance.drain();
  }

  onModuleDestroy(): void {
    this.drain();
  }

  /** Closes all instances at the same time. */
  async beforeApplicationShutdown(): Promise<void> {
    this.drain();
    this.#cancelSweep?.();
    for (const held of this.#all()) this.#closeUnasked(held);
    await this.#within(longestWaitForCloseMs, Promise.allSettled(this.#closing.values()));
  }

  changed(instance: ConsumerInstance): void {
    const held = this.#find(instance.options.group, instance.options.id);
    if (held?.instance === instance) this.#tell(held);
  }

  async persist(instance: ConsumerInstance): Promise<void> {
    const held = this.#find(instance.options.group, instance.options.id);
    if (held?.instance !== instance) return;
    await this.registry.persist(instance.options, held.epoch, () => instance.state());
  }

  fenced(instance: ConsumerInstance): void {
    const { group, id } = instance.options;
    const held = this.#find(group, id);
    if (held?.instance !== instance) return;
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

  #requireRoom(group: string): void {
    const { maxInstances, maxInstancesPerGroup } = this.settings;
    const full =
      this.#count >= maxInstances
        ? `There are ${maxInstances} consumer instances already, and no more are allowed.`
        : (this.#countOfGroup.get(group) ?? 0) >= maxInstancesPerGroup
          ? `There are ${maxInstancesPerGroup} instances of this consumer group already, and no more are allowed.`
          : undefined;
    if (full !== undefined) throw restErrors.tooManyInstances(full, { retryAfterSeconds });
  }

  #reserve(group: string, difference: 1 | -1): void {
    this.#count += difference;
    const ofGroup = (this.#countOfGroup.get(group) ?? 0) + difference;
    if (ofGroup === 0) this.#countOfGroup.delete(group);
    else this.#countOfGroup.set(group, ofGroup);
  }

  async #hold(options: ConsumerInstanceOptions, serde: Serde, epoch: number): Promise<void> {
    const { clock, consumers, counts, settings } = this;
    const parts = { consumers, clock, serde, config: settings.consumer, counts };
    try {
      this.#add(options.group, options.id, { instance: new ConsumerInstance(options, parts, this), epoch });
    } catch (error) {
      await this.registry.remove(options, epoch, undefined);
      throw error;
    }
  }

  #add(group: string, id: string, held: Held): void {
    const instances = this.#groups.get(group) ?? new Map<string, Held>();
    this.#groups.set(group, instances);
    instances.set(id, held);
    this.#cancelSweep ??= this.clock.after(this.#sweepMs(), () => this.#sweep());
  }

  #find(group: string, id: string): Held | undefined {
    return this.#groups.get(group)?.get(id);
  }

  #all(): Held[] {
    return [...this.#groups.values()].flatMap((group) => [...group.values()]);
  }

  #forget({ instance }: Held): void {
    const { group, id } = instance.options;
    const instances = this.#groups.get(group);
    if (instances?.get(id)?.instance !== instance) return;
    instances.delete(id);
    if (instances.size === 0) this.#groups.delete(group);
    this.#reserve(group, -1);
  }

  #tell({ instance, epoch }: Held): void {
    this.registry.changed(instance.options, epoch, () => instance.state());
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
      removal = await this.registry.remove(instance.options, epoch, requestId);
    } finally {
      if (removal === 'moved') await instance.dropFenced();
      else await instance.close({ leave: true });
    }
    if (removal === 'moved') throw new ConsumerInstanceMovedError();
  }

  #closeUnasked(held: Held): void {
    this.#close(held).catch((error: unknown) => this.#warn(held, error));
  }

  #warn({ instance }: Held, error: unknown): void {
    const { group, id } = instance.options;
    this.#logger.warn(`Consumer instance ${id} of group ${group} was not closed properly: ${String(error)}`);
  }

  /** The same name is free again once its last owner has left the group, or has taken too long to. */
  async #closed(group: string, id: string): Promise<void> {
    for (const [{ options }, closing] of this.#closing) {
      if (options.group !== group || options.id !== id) continue;
      await this.#within(
        longestWaitForCloseMs,
        closing.catch(() => undefined),
      );
    }
  }

  /** Waits for the work, but not longer. */
  async #within(limitMs: number, work: Promise<unknown>): Promise<void> {
    let cancel = (): void => undefined;
    const late = new Promise<void>((resolve) => {
      cancel = this.clock.after(limitMs, resolve);
    });
    await Promise.race([work, late]);
    cancel();
  }

  #sweepMs(): number {
    return Math.min(sweepMs, this.settings.instanceTimeoutMs);
  }

  #sweep(): void {
    const oldest = this.clock.now() - this.settings.instanceTimeoutMs;
    for (const held of this.#all()) {
      if (held.instance.usedAt > oldest || held.handingOver !== undefined) continue;
      const { group, id } = held.instance.options;
      this.#logger.log(`Consumer instance ${id} of group ${group} expired`);
      this.#closeUnasked(held);
    }
    this.#cancelSweep = this.clock.after(this.#sweepMs(), () => this.#sweep());
  }
}
