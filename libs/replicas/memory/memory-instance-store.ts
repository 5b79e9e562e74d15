import type { Clock } from '#libs/consumers/clock.ts';
import { consumerInstanceKey, consumerInstanceName } from '#libs/consumers/consumer-instance-key.ts';
import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import {
  epochsPerMs,
  InstanceStore,
  lastEpochOf,
  rememberedRemovals,
  requestField,
  tombstoneMs,
  type AdoptOutcome,
  type CreateOutcome,
  type FieldsPatch,
  type InstanceFields,
  type KnownReplicas,
  type LookOutcome,
  type RestoreOutcome,
  type SaveOutcome,
} from '../instance-store.ts';
import { layoutVersion, type LiveReplica, type Placement, type Replica } from '../placement.ts';
import { ExpiringMap } from './expiring-map.ts';

interface Stored {
  readonly version: number;
  readonly placement: Placement;
  readonly fields: InstanceFields;
}

interface Tombstone {
  /** Those that have asked for it, the latest first. */
  readonly requestIds: readonly string[];
  /** No instance that was there before the delete has a higher one. */
  readonly epoch: number;
}

/** A store within one process, as the one on Redis is between processes. */
export class MemoryInstanceStore extends InstanceStore {
  readonly #instances: ExpiringMap<Stored>;
  readonly #tombstones: ExpiringMap<Tombstone>;
  readonly #leases: ExpiringMap<LiveReplica>;
  readonly #replicas: Set<string>;
  readonly #owned: Map<string, Set<string>>;

  /**
   * @param clock times what expires
   * @param time milliseconds of the epochs, as a server's calendar shows them
   * @param version of the layout, for a proxy that is newer or older than this one
   * @param same a store whose content is this one's too
   */
  constructor(
    clock: Clock,
    private readonly time: () => number = Date.now,
    private readonly version = layoutVersion,
    same?: MemoryInstanceStore,
  ) {
    super();
    this.#instances = same === undefined ? new ExpiringMap(clock) : same.#instances;
    this.#tombstones = same === undefined ? new ExpiringMap(clock) : same.#tombstones;
    this.#leases = same === undefined ? new ExpiringMap(clock) : same.#leases;
    this.#replicas = same === undefined ? new Set() : same.#replicas;
    this.#owned = same === undefined ? new Map() : same.#owned;
  }

  /** Forgets everything. */
  flush(): void {
    this.#instances.clear();
    this.#tombstones.clear();
    this.#leases.clear();
    this.#replicas.clear();
    this.#owned.clear();
  }

  override create(
    name: ConsumerInstanceName,
    owner: Replica,
    fields: InstanceFields,
    ttlMs: number,
  ): Promise<CreateOutcome> {
    const key = consumerInstanceKey(name);
    const there = this.#instances.get(key);
    if (there !== undefined) {
      const { placement } = there;
      return Promise.resolve({ outcome: 'exists', requestId: there.fields.get(requestField), placement });
    }
    const epoch = Math.max(this.#epoch, (this.#tombstones.get(key)?.epoch ?? 0) + 1);
    this.#write(key, { version: this.version, placement: placementOf(owner, epoch), fields }, ttlMs);
    return Promise.resolve({ outcome: 'created', epoch });
  }

  override look(name: ConsumerInstanceName): Promise<LookOutcome> {
    const key = consumerInstanceKey(name);
    const there = this.#instances.get(key);
    if (there !== undefined) return Promise.resolve({ outcome: 'found', placement: there.placement });
    const removed = this.#tombstones.get(key);
    if (removed === undefined) return Promise.resolve({ outcome: 'missing' });
    return Promise.resolve({ outcome: 'removed', epoch: removed.epoch });
  }

  override adopt(
    name: ConsumerInstanceName,
    expectedEpoch: number,
    owner: Replica,
    leastMs: number,
  ): Promise<AdoptOutcome> {
    const key = consumerInstanceKey(name);
    const there = this.#instances.get(key);
    if (there === undefined) return Promise.resolve({ outcome: 'missing' });
    const { placement, version, fields } = there;
    if (placement.epoch !== expectedEpoch) return Promise.resolve({ outcome: 'moved', placement });
    if (version > this.version) return Promise.resolve({ outcome: 'too-new', version });
    const remainingMs = this.#instances.remainingMs(key);
    const epoch = expectedEpoch + 1;
    const placed = { ...there, version: this.version, placement: placementOf(owner, epoch) };
    this.#write(key, placed, Math.max(remainingMs, leastMs));
    return Promise.resolve({ outcome: 'adopted', epoch, fields, remainingMs });
  }

  override save(
    name: ConsumerInstanceName,
    epoch: number,
    owner: string,
    patch: FieldsPatch,
    ttlMs: number,
  ): Promise<SaveOutcome> {
    const key = consumerInstanceKey(name);
    const there = this.#instances.get(key);
    if (there?.placement.epoch !== epoch || there.placement.incarnation !== owner)
      return Promise.resolve(refusalOf(there));
    const fields = new Map(there.fields);
    for (const field of patch.drop) fields.delete(field);
    for (const [field, text] of patch.set) fields.set(field, text);
    this.#instances.set(key, { ...there, fields }, ttlMs);
    return Promise.resolve('saved');
  }

  override restore(
    name: ConsumerInstanceName,
    epoch: number,
    owner: Replica,
    formerly: readonly string[],
    fields: InstanceFields,
    ttlMs: number,
  ): Promise<RestoreOutcome> {
    const key = consumerInstanceKey(name);
    if ((this.#tombstones.get(key)?.epoch ?? 0) >= epoch) return Promise.resolve('removed');
    const there = this.#instances.get(key);
    if (there !== undefined && there.placement.epoch >= epoch) {
      const ours = [owner.incarnation, ...formerly].includes(there.placement.incarnation);
      if (there.placement.epoch > epoch || !ours) return Promise.resolve('fenced');
    }
    this.#write(key, { version: this.version, placement: placementOf(owner, epoch), fields }, ttlMs);
    return Promise.resolve('restored');
  }

  override remove(
    name: ConsumerInstanceName,
    epoch: number,
    owner: Replica,
    requestId: string | undefined,
  ): Promise<SaveOutcome> {
    const key = consumerInstanceKey(name);
    const there = this.#instances.get(key);
    const ours = there?.placement.epoch === epoch;
    const { epoch: removed, requestIds } = this.#tombstones.get(key) ?? noTombstone;
    if (ours || (there === undefined && removed < epoch)) {
      this.#instances.delete(key);
      const mark = {
        requestIds: [...(requestId === undefined ? [] : [requestId]), ...requestIds].slice(
          0,
          rememberedRemovals,
        ),
        epoch: lastEpochOf(Math.max(epoch, this.#epoch)),
      };
      this.#tombstones.set(key, mark, tombstoneMs);
    }
    this.#dropUnlessOwned(key, owner);
    return Promise.resolve(ours ? 'saved' : refusalOf(there));
  }

  override removedBy(name: ConsumerInstanceName, requestId: string): Promise<boolean> {
    const { requestIds } = this.#tombstones.get(consumerInstanceKey(name)) ?? noTombstone;
    return Promise.resolve(requestIds.includes(requestId));
  }

  override renew(replica: LiveReplica, leaseMs: number, isNew: boolean): Promise<'kept' | 'lost'> {
    if (!isNew && this.#leases.get(replica.incarnation) === undefined) return Promise.resolve('lost');
    this.#leases.set(replica.incarnation, { ...replica }, leaseMs);
    this.#replicas.add(replica.incarnation);
    return Promise.resolve('kept');
  }

  override withdraw(incarnation: string): Promise<void> {
    this.#leases.delete(incarnation);
    return Promise.resolve();
  }

  override isAlive(incarnation: string): Promise<boolean> {
    return Promise.resolve(this.#leases.get(incarnation) !== undefined);
  }

  override replicas(): Promise<KnownReplicas> {
    const all = [...this.#replicas];
    const live = all.map((incarnation) => this.#leases.get(incarnation)).filter((one) => one !== undefined);
    const dead = all.filter((one) => this.#leases.get(one) === undefined);
    return Promise.resolve({ live, dead, timeMs: Math.floor(this.time()) });
  }

  override ownedBy(incarnation: string): Promise<readonly ConsumerInstanceName[]> {
    const keys = [...(this.#owned.get(incarnation) ?? [])];
    return Promise.resolve(keys.map(consumerInstanceName).filter((name) => name !== undefined));
  }

  override bury(incarnation: string): Promise<void> {
    this.#owned.delete(incarnation);
    this.#replicas.delete(incarnation);
    return Promise.resolve();
  }

  /** Of what is made now. */
  get #epoch(): number {
    return Math.floor(this.time()) * epochsPerMs;
  }

  #write(key: string, stored: Stored, ttlMs: number): void {
    const { incarnation } = stored.placement;
    this.#instances.set(key, { ...stored, fields: new Map(stored.fields) }, ttlMs);
    const owned = this.#owned.get(incarnation);
    if (owned === undefined) this.#owned.set(incarnation, new Set([key]));
    else owned.add(key);
  }

  #dropUnlessOwned(key: string, { incarnation }: Replica): void {
    if (this.#instances.get(key)?.placement.incarnation === incarnation) return;
    const owned = this.#owned.get(incarnation);
    owned?.delete(key);
    if (owned?.size === 0) this.#owned.delete(incarnation);
  }
}

const noTombstone: Tombstone = { requestIds: [], epoch: -1 };

const refusalOf = (there: Stored | undefined): 'fenced' | 'missing' =>
  there === undefined ? 'missing' : 'fenced';

const placementOf = ({ incarnation, address }: Replica, epoch: number): Placement => ({
  incarnation,
  address,
  epoch,
});
