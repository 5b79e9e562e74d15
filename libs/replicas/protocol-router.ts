import { restErrors } from '#libs/errors/rest-errors.ts';
import type { Clock } from '#libs/consumers/clock.ts';
import type { ConsumerInstances } from '#libs/consumers/consumer-instances.ts';
import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import type { Adoptions, AdoptionOutcome } from './adoptions.ts';
import type { InstanceStore, LookOutcome } from './instance-store.ts';
import type { Lease } from './lease.ts';
import { askPeer, peerThatHolds, takenOverByAnother, type Peers } from './peers.ts';
import type { Placement } from './placement.ts';
import type { Placements } from './placements.ts';
import type { ReplicaEvents } from './replica-events.ts';
import { ReplicaRouter } from './replica-router.ts';
import type { ReplicatedConsumerRegistry } from './replicated-consumer-registry.ts';
import type { Serving } from './serving.ts';
import { StoreUnavailableError } from './store-unavailable.error.ts';
import { pause } from './within.ts';

/** What a router works with. */
export interface RouterParts {
  readonly store: InstanceStore;
  readonly peers: Peers;
  readonly lease: Lease;
  readonly instances: ConsumerInstances;
  readonly registry: ReplicatedConsumerRegistry;
  readonly adoptions: Adoptions;
  readonly placements: Placements;
  readonly events: ReplicaEvents;
  readonly clock: Clock;
  /** A request looks for its instance for so long. */
  readonly routeLimitMs: number;
}

type Route =
  | { readonly kind: 'here' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'forward'; readonly to: Placement }
  /** Something has changed meanwhile, or nobody knows now. */
  | { readonly kind: 'again' };

const here: Route = { kind: 'here' };
const missing: Route = { kind: 'missing' };
const again: Route = { kind: 'again' };
const mostForwardedTries = 3;
const longestPauseMs = 250;
const retryAfterSeconds = 2;

/** The router of a replica that has a store and peers. */
export class ProtocolRouter extends ReplicaRouter {
  constructor(private readonly parts: RouterParts) {
    super();
  }

  override async serve(name: ConsumerInstanceName, serving: Serving): Promise<void> {
    const { clock, events, lease, routeLimitMs } = this.parts;
    if (this.#isSurelyHere(name)) {
      // The usual way asks nobody.
      events.routed('local');
      if ((await serving.here()) === 'done') return;
    }
    let deadline = clock.now() + routeLimitMs;
    const failures = new Map<string, number>();
    for (let tries = 0; !serving.signal.aborted; tries++) {
      const route = await this.#route(name);
      const servedFrom = clock.now();
      if (route.kind === 'forward') {
        const result = await this.#forward(name, route.to, serving, failures);
        if (result === 'done') return;
        // What an owner took for it was no looking for the owner.
        if (result === 'anew') deadline += clock.now() - servedFrom;
      } else if (route.kind !== 'again') {
        events.routed(route === here ? 'local' : 'miss');
        if ((await serving.here()) === 'done') return;
        if (route === missing) throw restErrors.consumerInstanceNotFound();
        deadline += clock.now() - servedFrom;
      } else if (lease.isDraining && lease.takers.length === 0) throw unknown();
      if (clock.now() >= deadline) throw unknown();
      if (tries > 0) await pause(clock, Math.min(longestPauseMs, 10 * 2 ** tries));
    }
  }

  override async serveForwarded(
    name: ConsumerInstanceName,
    epoch: number,
    serve: () => Promise<'done' | 'moved'>,
  ): ReturnType<ReplicaRouter['serveForwarded']> {
    const { instances } = this.parts;
    for (let tries = 0; tries < mostForwardedTries; tries++) {
      const mine = instances.epochOf(name);
      if (mine !== undefined && mine < epoch) this.#drop(name, mine);
      // A request that comes late is not for an instance that has got the name since.
      if (mine !== undefined && mine > epoch) return { outcome: 'not-owner', holder: this.held(name) };
      const route = await this.#own(name);
      if (route.kind === 'forward') return { outcome: 'not-owner', holder: route.to };
      if (route.kind === 'missing') return { outcome: 'not-owner', holder: undefined };
      if (route.kind === 'here' && (await serve()) === 'done') return { outcome: 'done' };
    }
    return { outcome: 'not-owner', holder: undefined };
  }

  override held(name: ConsumerInstanceName): Placement | undefined {
    const { instances, lease } = this.parts;
    const epoch = instances.isServed(name) ? instances.epochOf(name) : undefined;
    return epoch === undefined ? undefined : { ...lease.replica, epoch };
  }

  override async takeOver(name: ConsumerInstanceName, epoch: number): Promise<Placement | undefined> {
    const held = this.held(name);
    if (held !== undefined && held.epoch > epoch) return held;
    const adopted = await this.#adopt(name, epoch);
    if (adopted?.outcome === 'elsewhere') return adopted.placement;
    return this.held(name);
  }

  /** @returns `anew` when an owner has worked on it and failed for the first time, and when it is ours now */
  async #forward(
    name: ConsumerInstanceName,
    to: Placement,
    serving: Serving,
    failures: Map<string, number>,
  ): Promise<'done' | 'again' | 'anew'> {
    const { clock, events, placements } = this.parts;
    events.routed('forward');
    const sentAt = clock.now();
    const result = await serving.forward(to);
    if (result.outcome === 'done') {
      events.forwarded(clock.now() - sentAt);
      return 'done';
    }
    placements.forget(name);
    if (result.outcome === 'not-owner' && result.holder !== undefined && result.holder.epoch > to.epoch) {
      placements.learn(name, result.holder);
      return 'again';
    }
    // An owner that does not have it is as good as none: it has been handed over to nobody, or never got there.
    const count = (failures.get(to.incarnation) ?? 0) + 1;
    failures.set(to.incarnation, count);
    const isSilent = result.outcome === 'broken' && result.silent;
    const isOurs =
      (isSilent || count >= 2) && (await this.#takeOver(name, to.epoch, 'steal'))?.outcome === 'held';
    return isOurs || (result.outcome === 'broken' && count === 1) ? 'anew' : 'again';
  }

  async #route(name: ConsumerInstanceName): Promise<Route> {
    const local = await this.#local(name);
    if (local !== undefined) return local;
    const { placements } = this.parts;
    const fresh = placements.fresh(name);
    // A replica that has gone may go on under another name: nothing is taken over without a look at the store.
    if (fresh !== undefined && (await this.#isWithOther(fresh))) return this.#toward(name, fresh, true);
    const found = await this.#look(name);
    if (found === undefined) return this.#routeWithoutStore(name);
    if (found.outcome === 'removed') return missing;
    if (found.outcome === 'found') {
      placements.learn(name, found.placement);
      return this.#toward(name, found.placement);
    }
    // The store may have forgotten what a replica holds.
    const holder = await this.#ask(name);
    if (holder === 'unknown') return (await this.#hasForgotten()) ? again : missing;
    if (holder === undefined) return missing;
    placements.learn(name, holder);
    return { kind: 'forward', to: holder };
  }

  /** The same for a request that was forwarded to here: it goes no further. */
  async #own(name: ConsumerInstanceName): Promise<Route> {
    const local = await this.#local(name);
    if (local !== undefined) return local;
    const { lease, placements } = this.parts;
    const found = await this.#look(name);
    if (found?.outcome !== 'found') return missing;
    const { placement } = found;
    if (placement.incarnation !== lease.replica.incarnation) {
      placements.learn(name, placement);
      return { kind: 'forward', to: placement };
    }
    const adopted = await this.#adopt(name, placement.epoch);
    return adopted?.outcome === 'held' ? again : missing;
  }

  /** @returns undefined when it is neither held here nor about to be */
  async #local(name: ConsumerInstanceName): Promise<Route | undefined> {
    const settling = this.#settling(name);
    if (settling !== undefined) {
      await settling;
      return again;
    }
    return this.parts.instances.epochOf(name) === undefined ? undefined : this.#held(name);
  }

  #isSurelyHere(name: ConsumerInstanceName): boolean {
    const { instances, lease, registry } = this.parts;
    const epoch = instances.epochOf(name);
    return epoch !== undefined && lease.isValid && instances.isServed(name) && registry.isSure(name, epoch);
  }

  /** Resolves when something that is under way with it here has ended; never rejects. */
  #settling(name: ConsumerInstanceName): Promise<unknown> | undefined {
    const { adoptions, instances } = this.parts;
    return instances.settling(name) ?? adoptions.running(name)?.catch(() => undefined);
  }

  /** It is held here, and its owner may be another one by now. */
  async #held(name: ConsumerInstanceName): Promise<Route> {
    const { instances } = this.parts;
    if (this.#isSurelyHere(name)) return here;
    const found = await this.#look(name);
    const epoch = instances.epochOf(name);
    if (epoch === undefined) return again;
    // One that the store has forgotten may be younger than the delete of another with that name.
    if (found?.outcome === 'removed' && found.epoch >= epoch) {
      this.#drop(name, epoch);
      return again;
    }
    const holder = found?.outcome === 'found' ? found.placement : await this.#ask(name);
    if (holder === undefined || holder === 'unknown' || holder.epoch <= epoch) return here;
    this.#drop(name, epoch);
    this.parts.placements.learn(name, holder);
    return again;
  }

  async #toward(name: ConsumerInstanceName, placement: Placement, isAlive = false): Promise<Route> {
    const { placements, registry } = this.parts;
    if (registry.isRemoved(name, placement.epoch)) return missing;
    if (isAlive || (await this.#isWithOther(placement))) return { kind: 'forward', to: placement };
    const holder = await this.#askOwner(name, placement);
    if (holder !== undefined) {
      placements.learn(name, holder);
      return { kind: 'forward', to: holder };
    }
    placements.forget(name);
    const adopted = await this.#takeOver(name, placement.epoch);
    return adopted?.outcome === 'held' ? here : again;
  }

  async #isWithOther({ incarnation }: Placement): Promise<boolean> {
    const { lease } = this.parts;
    if (incarnation === lease.replica.incarnation || lease.formerly.includes(incarnation)) return false;
    return this.#isAlive(incarnation);
  }

  /** Nobody but the replicas themselves can be asked. */
  async #routeWithoutStore(name: ConsumerInstanceName): Promise<Route> {
    const { placements, registry } = this.parts;
    const holder = await this.#ask(name);
    const to = holder === undefined || holder === 'unknown' ? placements.last(name) : holder;
    if (registry.isRemoved(name, to?.epoch)) return missing;
    return to === undefined ? again : { kind: 'forward', to };
  }

  /** Takes it over here, or sees to it that another replica does. */
  async #takeOver(
    name: ConsumerInstanceName,
    epoch: number,
    kind?: 'adopt' | 'steal',
  ): Promise<AdoptionOutcome | undefined> {
    const adopted = await this.#adopt(name, epoch, kind);
    const { registry } = this.parts;
    if (adopted?.outcome === 'refused' && !registry.isRemoved(name, epoch)) await this.#passOn(name, epoch);
    return adopted;
  }

  async #passOn(name: ConsumerInstanceName, epoch: number): Promise<void> {
    const { lease, peers, placements } = this.parts;
    const placement = await takenOverByAnother(name, epoch, peers, lease);
    if (placement !== undefined) placements.learn(name, placement);
  }

  /** @returns undefined when the store does not answer */
  async #adopt(
    name: ConsumerInstanceName,
    epoch: number,
    kind?: 'adopt' | 'steal',
  ): Promise<AdoptionOutcome | undefined> {
    const { adoptions, placements } = this.parts;
    const adopted = await ifStoreAnswers(adoptions.adopt(name, epoch, kind));
    if (adopted?.outcome === 'elsewhere') placements.learn(name, adopted.placement);
    return adopted;
  }

  /** @returns undefined when the store does not answer */
  async #look(name: ConsumerInstanceName): Promise<LookOutcome | undefined> {
    // A store that hangs would cost every request its time-out.
    if (!this.parts.lease.storeAnswers) return undefined;
    return ifStoreAnswers(this.parts.store.look(name));
  }

  /** What cannot be told is taken for alive: a request that goes there finds out. */
  async #isAlive(incarnation: string): Promise<boolean> {
    const { lease, store } = this.parts;
    if (incarnation !== '' && lease.isDoubtful) return true;
    if (lease.others.some((other) => other.incarnation === incarnation)) return true;
    return (await ifStoreAnswers(store.isAlive(incarnation))) ?? true;
  }

  #ask(name: ConsumerInstanceName): Promise<Placement | undefined | 'unknown'> {
    return peerThatHolds(name, this.parts.peers, this.parts.lease);
  }

  /**
   * An owner whose lease has ended may be well, and the store be what was away. What it has confirmed since is known to
   * nobody else.
   */
  async #askOwner(name: ConsumerInstanceName, { address, epoch }: Placement): Promise<Placement | undefined> {
    const { lease, peers } = this.parts;
    if (address === '' || address === lease.replica.address) return undefined;
    const holder = await askPeer(name, peers, address);
    return holder !== undefined && holder !== 'unknown' && holder.epoch >= epoch ? holder : undefined;
  }

  /** Whether what the store does not have may have been there. */
  async #hasForgotten(): Promise<boolean> {
    const { lease, store } = this.parts;
    if (lease.wasForgotten) return true;
    return lease.isValid && (await ifStoreAnswers(store.isAlive(lease.replica.incarnation))) !== true;
  }

  /** Somebody else has it at a later epoch. */
  #drop(name: ConsumerInstanceName, epoch: number): void {
    const { events, instances, registry } = this.parts;
    registry.forget(name, epoch);
    instances.evict(name);
    events.fenced('lease');
  }
}

function unknown(): Error {
  return restErrors.overloaded('the consumer instance cannot be reached', { retryAfterSeconds });
}

/** @returns undefined when the store does not answer */
async function ifStoreAnswers<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof StoreUnavailableError) return undefined;
    throw error;
  }
}
