import { restErrors } from '#libs/errors/rest-errors.ts';
import type { Clock } from '#libs/consumers/clock.ts';
import { consumerInstanceKey } from '#libs/consumers/consumer-instance-key.ts';
import type { ConsumerInstanceOptions } from '#libs/consumers/consumer-instance-options.ts';
import {
  ConsumerRegistry,
  type Claim,
  type ConsumerInstanceName,
  type ConsumerInstanceState,
} from '#libs/consumers/consumer-registry.ts';
import { fromFields, toFields, type KeptInstance } from './instance-fields.ts';
import { InstanceSaver } from './instance-saver.ts';
import {
  epochsPerMs,
  lastEpochOf,
  type AdoptOutcome,
  type InstanceFields,
  type InstanceStore,
  type SaveOutcome,
} from './instance-store.ts';
import type { Lease } from './lease.ts';
import { PeerUnavailableError } from './peer-unavailable.error.ts';
import { peerThatHolds, type Peers } from './peers.ts';
import type { Placement, Replica } from './placement.ts';
import type { FencedBy } from './replica-events.ts';
import { StoreUnavailableError } from './store-unavailable.error.ts';

/** What the registry tells whoever holds the instances. */
export interface RegistryListener {
  /** The instance of this epoch is no longer ours. Nothing more is saved of it. */
  lost(name: ConsumerInstanceName, epoch: number, by: FencedBy): void;
}

export type Adoption =
  | {
      readonly outcome: 'adopted';
      readonly epoch: number;
      readonly kept: KeptInstance;
      /** About how long ago it was used last. */
      readonly idleMs: number;
    }
  | Exclude<AdoptOutcome, { readonly outcome: 'adopted' }>;

interface Leftover {
  readonly name: ConsumerInstanceName;
  readonly requestId: string | undefined;
  /** undefined when only the request tells whether it is the one. */
  readonly epoch: number | undefined;
  /** What has this epoch or an earlier one is meant, whoever holds it. */
  readonly until: number;
}

/** What is beyond this is left to its expiry in the store. */
const mostLeftovers = 10_000;
/** A create that finds the name given and taken away again, and again, is told to come back. */
const mostCreates = 3;
const retryAfterSeconds = 2;
const nothing: ConsumerInstanceState = { source: { kind: 'none' }, positions: [], membership: undefined };

/** The registry that the replicas share: the instances of this process as the store knows them. */
export class ReplicatedConsumerRegistry extends ConsumerRegistry {
  override readonly isShared = true;
  readonly #savers = new Map<string, InstanceSaver>();
  /** What is to be removed from the store as soon as it answers again. */
  readonly #leftovers = new Map<string, Leftover>();
  readonly #ttlMs: number;
  readonly #touchMs: number;
  /** What an instance that is taken over is left at least: its owner's timer ends it, or a use puts it off by then. */
  readonly #leastMs: number;
  #listener: RegistryListener = { lost() {} };

  /** @param instanceTimeoutMs an instance expires so long after its last request */
  constructor(
    private readonly store: InstanceStore,
    private readonly lease: Lease,
    private readonly peers: Peers,
    private readonly clock: Clock,
    { instanceTimeoutMs, leaseMs }: { readonly instanceTimeoutMs: number; readonly leaseMs: number },
  ) {
    super();
    this.#touchMs = Math.min(instanceTimeoutMs / 10, mostTouchMs);
    // The owner's timer ends an instance; the store forgets only what has no owner any more.
    this.#leastMs = Math.ceil(this.#touchMs + 2 * leaseMs + slackMs);
    this.#ttlMs = Math.ceil(instanceTimeoutMs + this.#leastMs);
  }

  listen(listener: RegistryListener): void {
    this.#listener = listener;
  }

  override async create(options: ConsumerInstanceOptions, requestId: string | undefined): Promise<Claim> {
    if (!this.lease.isValid) throw unavailable();
    try {
      return await this.#create(options, requestId);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      this.#leave({ name: options, requestId, epoch: undefined, until: -1 });
      throw unavailable(error);
    }
  }

  override used(name: ConsumerInstanceName, epoch: number, state: () => ConsumerInstanceState): void {
    this.#saver(name, epoch)?.used(state);
  }

  override changed(name: ConsumerInstanceName, epoch: number, state: () => ConsumerInstanceState): void {
    this.#saver(name, epoch)?.changed(state);
  }

  override saving(
    name: ConsumerInstanceName,
    epoch: number,
    since: number,
    state: () => ConsumerInstanceState,
  ): Promise<void> | undefined {
    return this.#saver(name, epoch)?.saving(since, state);
  }

  override async persist(
    name: ConsumerInstanceName,
    epoch: number,
    state: () => ConsumerInstanceState,
  ): Promise<void> {
    await this.#saver(name, epoch)?.persist(state);
  }

  override async remove(
    name: ConsumerInstanceName,
    epoch: number,
    requestId: string | undefined,
  ): Promise<'removed' | 'moved'> {
    this.forget(name, epoch);
    const until = requestId === undefined ? epoch : this.#lastMeant(epoch);
    try {
      const outcome = await this.#remove(name, epoch, requestId);
      if (outcome !== 'fenced') return 'removed';
      this.#listener.lost(name, epoch, 'redis');
      return 'moved';
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      this.#leave({ name, requestId, epoch, until });
      return 'removed';
    }
  }

  override async removedBy(name: ConsumerInstanceName, requestId: string): Promise<boolean> {
    const key = consumerInstanceKey(name);
    const leftover = this.#leftovers.get(key);
    if (leftover?.epoch !== undefined && leftover.requestId === requestId) return true;
    // What is held here is removed whether the store answers or not.
    const isHeld = this.#savers.has(key);
    if (isHeld && !this.lease.storeAnswers) return false;
    try {
      return await this.store.removedBy(name, requestId);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      if (isHeld) return false;
      throw unavailable(error);
    }
  }

  override lost(name: ConsumerInstanceName, epoch: number): void {
    this.forget(name, epoch);
    this.#listener.lost(name, epoch, 'kafka');
  }

  /**
   * Whether it was removed here, and the store has not heard of it yet.
   *
   * What expired here may be in use elsewhere, at a later epoch. A client has meant what had the name when it asked,
   * also where this replica could not know of it, and whoever has taken it over since.
   *
   * @param epoch at which it is elsewhere, if it is
   */
  isRemoved(name: ConsumerInstanceName, epoch = 0): boolean {
    const leftover = this.#leftovers.get(consumerInstanceKey(name));
    return leftover?.epoch !== undefined && epoch <= leftover.until;
  }

  /**
   * Takes an instance over in the store.
   *
   * @throws {StoreUnavailableError} it may have been taken over then
   */
  async adopt(name: ConsumerInstanceName, expectedEpoch: number): Promise<Adoption> {
    const { replica } = this.lease;
    const key = consumerInstanceKey(name);
    // It is no trace of a create any more that nobody knows of: somebody asks for it.
    if (this.#leftovers.get(key)?.epoch === undefined) this.#leftovers.delete(key);
    const adopted = await this.store.adopt(name, expectedEpoch, replica, this.#leastMs);
    if (adopted.outcome !== 'adopted') return adopted;
    const { epoch, fields, remainingMs } = adopted;
    const kept = fromFields(fields);
    this.#keep(kept.options, epoch, replica, fields);
    return {
      outcome: 'adopted',
      epoch,
      kept,
      idleMs: Math.max(0, this.#ttlMs - remainingMs - this.#touchMs),
    };
  }

  /** Whether nothing speaks against it that the instance is still ours. */
  isSure(name: ConsumerInstanceName, epoch: number): boolean {
    return this.#saver(name, epoch)?.isSure === true;
  }

  /** The store, or the name of the instance's owner there, is another one: what is saved next is all of it. */
  doubt(name: ConsumerInstanceName, epoch: number): void {
    this.#saver(name, epoch)?.doubt();
  }

  /** Saves nothing more of it. */
  forget(name: ConsumerInstanceName, epoch: number): void {
    const saver = this.#saver(name, epoch);
    if (saver === undefined) return;
    saver.stop();
    this.#savers.delete(consumerInstanceKey(name));
  }

  /** Removes what could not be removed while the store was away. Rejects as the store does. */
  async cleanUp(): Promise<void> {
    for (const key of this.#leftovers.keys()) await this.#cleanUp(key);
  }

  async #cleanUp(key: string): Promise<void> {
    const leftover = this.#leftovers.get(key);
    if (leftover === undefined) return;
    const { name, requestId } = leftover;
    const epoch = leftover.epoch ?? (await this.#ownEpoch(name));
    if (this.#leftovers.get(key) !== leftover) return;
    if (epoch !== undefined && (await this.#remove(name, epoch, requestId)) === 'fenced') {
      const found = await this.store.look(name);
      const later = found.outcome === 'found' ? found.placement.epoch : Infinity;
      if (this.isRemoved(name, later)) await this.#remove(name, later, requestId);
    }
    if (this.#leftovers.get(key) === leftover) this.#leftovers.delete(key);
  }

  #remove(name: ConsumerInstanceName, epoch: number, requestId: string | undefined): Promise<SaveOutcome> {
    return this.store.remove(name, epoch, this.lease.replica, requestId);
  }

  /** Of an instance that is ours in the store, and is not held here. */
  async #ownEpoch(name: ConsumerInstanceName): Promise<number | undefined> {
    const found = await this.store.look(name);
    if (found.outcome !== 'found' || this.#savers.has(consumerInstanceKey(name))) return undefined;
    const { epoch, incarnation } = found.placement;
    const { formerly, replica } = this.lease;
    return [replica.incarnation, ...formerly].includes(incarnation) ? epoch : undefined;
  }

  async #create(options: ConsumerInstanceOptions, requestId: string | undefined): Promise<Claim> {
    const fields = toFields(options, nothing, requestId);
    // The trace of a create whose answer was not seen is no instance that anybody knows of.
    await this.#cleanUp(consumerInstanceKey(options));
    const found = await this.store.look(options);
    // A store that was flushed does not know yet what replicas hold.
    if (found.outcome === 'missing' && (await this.#isHeld(options))) return { outcome: 'taken' };
    for (let tries = 0; tries < mostCreates; tries++) {
      const { replica } = this.lease;
      const made = await this.store.create(options, replica, fields, this.#ttlMs);
      if (made.outcome === 'created') return this.#created(options, made.epoch, replica, fields);
      if (requestId === undefined || made.requestId !== requestId) return { outcome: 'taken' };
      const claim = await this.#repeat(options, made.placement, replica);
      if (claim !== undefined) return claim;
    }
    throw unavailable();
  }

  /**
   * An earlier try has made it: here, where the store's answer was not seen, or elsewhere.
   *
   * @returns undefined when it has vanished meanwhile
   */
  async #repeat(
    options: ConsumerInstanceOptions,
    { address, epoch, incarnation }: Placement,
    replica: Replica,
  ): Promise<Claim | undefined> {
    const held = this.#savers.get(consumerInstanceKey(options));
    if (held !== undefined && held.epoch >= epoch) return { outcome: 'repeated' };
    // Its maker may not have seen the store's answer either: it would remove what nobody uses.
    if (incarnation !== replica.incarnation && (await this.#wake(address, options, epoch)))
      return { outcome: 'repeated' };
    const adopted = await this.store.adopt(options, epoch, replica, this.#ttlMs);
    if (adopted.outcome === 'adopted') return this.#created(options, adopted.epoch, replica, adopted.fields);
    if (adopted.outcome === 'moved')
      return adopted.placement.epoch <= lastEpochOf(epoch) ? { outcome: 'repeated' } : undefined;
    return adopted.outcome === 'missing' ? undefined : { outcome: 'repeated' };
  }

  async #isHeld(name: ConsumerInstanceName): Promise<boolean> {
    if (this.#savers.has(consumerInstanceKey(name))) return true;
    const holder = await peerThatHolds(name, this.peers, this.lease);
    if (holder === 'unknown' && this.lease.wasForgotten) throw unavailable();
    return holder !== undefined && holder !== 'unknown';
  }

  /** @returns whether it is served there now */
  async #wake(address: string, { group, id }: ConsumerInstanceOptions, epoch: number): Promise<boolean> {
    try {
      return (await this.peers.takeOver(address, { group, id }, epoch)) !== undefined;
    } catch (error) {
      if (!(error instanceof PeerUnavailableError)) throw error;
      return false;
    }
  }

  #created(options: ConsumerInstanceOptions, epoch: number, owner: Replica, fields: InstanceFields): Claim {
    this.#leftovers.delete(consumerInstanceKey(options));
    this.#keep(options, epoch, owner, fields);
    return { outcome: 'created', epoch };
  }

  #keep(options: ConsumerInstanceOptions, epoch: number, owner: Replica, fields: InstanceFields): void {
    const { clock, lease, store } = this;
    const key = consumerInstanceKey(options);
    this.#savers.get(key)?.stop();
    const parts = { store, lease, clock, ttlMs: this.#ttlMs, touchMs: this.#touchMs };
    const saver = new InstanceSaver(parts, options, epoch, owner.incarnation, fields, () => {
      if (this.#savers.get(key) === saver) this.#savers.delete(key);
      this.#listener.lost(options, epoch, 'redis');
    });
    this.#savers.set(key, saver);
  }

  #saver(name: ConsumerInstanceName, epoch: number): InstanceSaver | undefined {
    const saver = this.#savers.get(consumerInstanceKey(name));
    return saver?.epoch === epoch ? saver : undefined;
  }

  #leave(leftover: Leftover): void {
    // A create comes after the clean-up of a removal: it has not reached the store while there is one.
    if (leftover.epoch === undefined && this.isRemoved(leftover.name)) return;
    if (this.#leftovers.size >= mostLeftovers) return;
    const { group, id } = leftover.name;
    this.#leftovers.set(consumerInstanceKey(leftover.name), { ...leftover, name: { group, id } });
  }

  /** By a client that asks now to remove what is known here at this epoch. */
  #lastMeant(epoch: number): number {
    const { storeTimeMs = 0 } = this.lease;
    return Math.max(lastEpochOf(epoch), Math.floor(storeTimeMs) * epochsPerMs);
  }
}

const mostTouchMs = 60_000;
const slackMs = 10_000;

function unavailable(cause?: Error): Error {
  return restErrors.overloaded('the store of consumer instances does not answer', {
    retryAfterSeconds,
    cause,
  });
}
