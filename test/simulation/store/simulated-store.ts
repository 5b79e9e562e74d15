import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import {
  InstanceStore,
  type AdoptOutcome,
  type CreateOutcome,
  type FieldsPatch,
  type InstanceFields,
  type LookOutcome,
  type RestoreOutcome,
  type SaveOutcome,
} from '#libs/replicas/instance-store.ts';
import type { LiveReplica, Placement, Replica } from '#libs/replicas/placement.ts';
import { StoreUnavailableError } from '#libs/replicas/store-unavailable.error.ts';
import { CallFailedError, type Network } from '../engine/network.ts';
import type { Host } from '../engine/simulated-process.ts';
import type { StoreServer } from './store-server.ts';

/** Hears of every change of an instance that the store has taken. */
export interface StoreObserver {
  saved(name: ConsumerInstanceName, fields: InstanceFields): void;
  note(text: () => string): void;
}

/** As redis.command.timeout.ms. */
const commandTimeoutMs = 1_000;

/** The store as one replica sees it, over the network. */
export class SimulatedStore extends InstanceStore {
  /** @param ignoresEpochs a control that must go wrong: whoever writes is taken for the owner */
  constructor(
    private readonly network: Network,
    private readonly host: Host,
    private readonly server: StoreServer,
    private readonly observer: StoreObserver,
    private readonly ignoresEpochs: boolean,
  ) {
    super();
  }

  override create(
    name: ConsumerInstanceName,
    owner: Replica,
    fields: InstanceFields,
    ttlMs: number,
  ): Promise<CreateOutcome> {
    return this.#change('create', name, (store) => store.create(name, owner, fields, ttlMs));
  }

  override look(name: ConsumerInstanceName): Promise<LookOutcome> {
    return this.#ask((store) => store.look(name));
  }

  override adopt(
    name: ConsumerInstanceName,
    expected: number,
    owner: Replica,
    leastMs: number,
  ): Promise<AdoptOutcome> {
    return this.#change('adopt', name, async (store) =>
      store.adopt(name, await this.#epoch(store, name, expected), owner, leastMs),
    );
  }

  override save(
    name: ConsumerInstanceName,
    epoch: number,
    owner: string,
    patch: FieldsPatch,
    ttlMs: number,
  ): Promise<SaveOutcome> {
    const save = async (store: InstanceStore): Promise<SaveOutcome> => {
      const there = await this.#there(store, name);
      return store.save(name, there?.epoch ?? epoch, there?.incarnation ?? owner, patch, ttlMs);
    };
    return this.#ask(save, (outcome) => {
      if (outcome === 'saved') this.observer.saved(name, patch.set);
      else this.#note('save', name, outcome);
    });
  }

  override restore(
    name: ConsumerInstanceName,
    epoch: number,
    owner: Replica,
    formerly: readonly string[],
    fields: InstanceFields,
    ttlMs: number,
  ): Promise<RestoreOutcome> {
    const restore = (store: InstanceStore): Promise<RestoreOutcome> =>
      store.restore(name, epoch, owner, formerly, fields, ttlMs);
    return this.#ask(restore, (outcome) => {
      if (outcome === 'restored') this.observer.saved(name, fields);
      this.#note(`restore of ${epoch}`, name, outcome);
    });
  }

  override remove(
    name: ConsumerInstanceName,
    epoch: number,
    owner: Replica,
    requestId: string | undefined,
  ): Promise<SaveOutcome> {
    return this.#change(`remove of ${epoch}`, name, (store) => store.remove(name, epoch, owner, requestId));
  }

  override removedBy(name: ConsumerInstanceName, requestId: string): Promise<boolean> {
    return this.#ask((store) => store.removedBy(name, requestId));
  }

  override renew(replica: LiveReplica, leaseMs: number, isNew: boolean): Promise<'kept' | 'lost'> {
    return this.#ask((store) => store.renew(replica, leaseMs, isNew));
  }

  override withdraw(incarnation: string): Promise<void> {
    return this.#ask((store) => store.withdraw(incarnation));
  }

  override isAlive(incarnation: string): Promise<boolean> {
    return this.#ask((store) => store.isAlive(incarnation));
  }

  override replicas(): ReturnType<InstanceStore['replicas']> {
    return this.#ask((store) => store.replicas());
  }

  override ownedBy(incarnation: string): Promise<readonly ConsumerInstanceName[]> {
    return this.#ask((store) => store.ownedBy(incarnation));
  }

  override bury(incarnation: string): Promise<void> {
    return this.#ask((store) => store.bury(incarnation));
  }

  #change<T>(
    what: string,
    name: ConsumerInstanceName,
    request: (store: InstanceStore) => Promise<T>,
  ): Promise<T> {
    return this.#ask(request, (outcome) => this.#note(what, name, outcome));
  }

  #note(what: string, { group, id }: ConsumerInstanceName, outcome: unknown): void {
    this.observer.note(() => `${this.host.name}: store: ${what} ${id} of ${group}: ${textOf(outcome)}`);
  }

  /** @param served the store has done it, whether the replica hears of that or not */
  async #ask<T>(
    request: (store: InstanceStore) => Promise<T>,
    served: (outcome: T) => void = () => undefined,
  ): Promise<T> {
    const { host, network, server } = this;
    try {
      const serve = async (): Promise<T> => {
        const outcome = await server.serve(request);
        served(outcome);
        return outcome;
      };
      return await network.call(host, server, commandTimeoutMs, serve, true);
    } catch (error) {
      if (!(error instanceof CallFailedError)) throw error;
      throw new StoreUnavailableError(error.message, { cause: error });
    }
  }

  async #epoch(store: InstanceStore, name: ConsumerInstanceName, given: number): Promise<number> {
    return (await this.#there(store, name))?.epoch ?? given;
  }

  /** What is put in the place of what was given, with the planted fault. */
  async #there(store: InstanceStore, name: ConsumerInstanceName): Promise<Placement | undefined> {
    if (!this.ignoresEpochs) return undefined;
    const found = await store.look(name);
    return found.outcome === 'found' ? found.placement : undefined;
  }
}

function textOf(outcome: unknown): string {
  return JSON.stringify(outcome, (key, value: unknown) => (key === 'fields' ? undefined : value));
}
