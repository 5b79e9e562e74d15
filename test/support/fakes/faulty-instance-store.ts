import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import { InstanceStore, type FieldsPatch, type InstanceFields } from '#libs/replicas/instance-store.ts';
import type { LiveReplica, Replica } from '#libs/replicas/placement.ts';
import { StoreUnavailableError } from '#libs/replicas/store-unavailable.error.ts';

/** A store as one replica sees it: it may be away, lose its answers, or take its time. */
export class FaultyInstanceStore extends InstanceStore {
  /** `before`: nothing is done. `after`: it is done, and the answer is lost. */
  fails: 'before' | 'after' | undefined;
  /** Only these fail; all when undefined. */
  failing: readonly (keyof InstanceStore)[] | undefined;
  /** Calls wait for it before they do anything. */
  gate: Promise<void> | undefined;
  readonly calls: (keyof InstanceStore)[] = [];
  readonly saves: FieldsPatch[] = [];
  /** Most calls under way at the same time. */
  most = 0;
  #underWay = 0;

  constructor(private readonly store: InstanceStore) {
    super();
  }

  count(call: keyof InstanceStore): number {
    return this.calls.filter((one) => one === call).length;
  }

  create(
    name: ConsumerInstanceName,
    owner: Replica,
    fields: InstanceFields,
    ttlMs: number,
  ): ReturnType<InstanceStore['create']> {
    return this.#call('create', () => this.store.create(name, owner, fields, ttlMs));
  }

  look(name: ConsumerInstanceName): ReturnType<InstanceStore['look']> {
    return this.#call('look', () => this.store.look(name));
  }

  adopt(
    name: ConsumerInstanceName,
    epoch: number,
    owner: Replica,
    ttlMs: number,
  ): ReturnType<InstanceStore['adopt']> {
    return this.#call('adopt', () => this.store.adopt(name, epoch, owner, ttlMs));
  }

  save(
    name: ConsumerInstanceName,
    epoch: number,
    owner: string,
    patch: FieldsPatch,
    ttlMs: number,
  ): ReturnType<InstanceStore['save']> {
    this.saves.push(patch);
    return this.#call('save', () => this.store.save(name, epoch, owner, patch, ttlMs));
  }

  restore(
    name: ConsumerInstanceName,
    epoch: number,
    owner: Replica,
    formerly: readonly string[],
    fields: InstanceFields,
    ttlMs: number,
  ): ReturnType<InstanceStore['restore']> {
    return this.#call('restore', () => this.store.restore(name, epoch, owner, formerly, fields, ttlMs));
  }

  remove(
    name: ConsumerInstanceName,
    epoch: number,
    owner: Replica,
    requestId: string | undefined,
  ): ReturnType<InstanceStore['remove']> {
    return this.#call('remove', () => this.store.remove(name, epoch, owner, requestId));
  }

  removedBy(name: ConsumerInstanceName, requestId: string): Promise<boolean> {
    return this.#call('removedBy', () => this.store.removedBy(name, requestId));
  }

  renew(replica: LiveReplica, leaseMs: number, isNew: boolean): ReturnType<InstanceStore['renew']> {
    return this.#call('renew', () => this.store.renew(replica, leaseMs, isNew));
  }

  withdraw(incarnation: string): Promise<void> {
    return this.#call('withdraw', () => this.store.withdraw(incarnation));
  }

  isAlive(incarnation: string): Promise<boolean> {
    return this.#call('isAlive', () => this.store.isAlive(incarnation));
  }

  replicas(): ReturnType<InstanceStore['replicas']> {
    return this.#call('replicas', () => this.store.replicas());
  }

  ownedBy(incarnation: string): ReturnType<InstanceStore['ownedBy']> {
    return this.#call('ownedBy', () => this.store.ownedBy(incarnation));
  }

  bury(incarnation: string): Promise<void> {
    return this.#call('bury', () => this.store.bury(incarnation));
  }

  async #call<T>(name: keyof InstanceStore, call: () => Promise<T>): Promise<T> {
    this.calls.push(name);
    this.most = Math.max(this.most, ++this.#underWay);
    try {
      await this.gate;
      const fails = this.failing?.includes(name) === false ? undefined : this.fails;
      if (fails === 'before') throw new StoreUnavailableError('away');
      const answer = await call();
      if (fails === 'after') throw new StoreUnavailableError('no answer');
      return answer;
    } finally {
      this.#underWay--;
    }
  }
}
